import { Global, Module } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { BrokerMetrics } from './broker-metrics.js';
import { BrokerStates } from './broker-states.js';
import { RedisFanOut } from './redis-fan-out.js';
import { RedisLink } from './redis-link.js';

const redisLink = {
  provide: RedisLink,
  inject: [CONFIG, BrokerStates],
  useFactory: (config: Config, states: BrokerStates): Promise<RedisLink> => RedisLink.open(config, states),
};

/** Connections to Redis and Kafka, for installations that have them. The service needs neither. */
@Global()
@Module({
  providers: [BrokerMetrics, BrokerStates, RedisFanOut, redisLink],
  exports: [BrokerMetrics, BrokerStates, RedisFanOut, RedisLink],
})
export class BrokersModule {}
