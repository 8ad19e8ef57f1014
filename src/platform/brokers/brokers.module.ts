import { Global, Module } from '@nestjs/common';
import { BrokerMetrics } from './broker-metrics.js';
import { BrokerStates } from './broker-states.js';
import { RedisFanOut } from './redis-fan-out.js';
import { RedisLink } from './redis-link.js';

/** Connections to Redis and Kafka, for installations that have them. The service needs neither. */
@Global()
@Module({
  providers: [BrokerMetrics, BrokerStates, RedisFanOut, RedisLink],
  exports: [BrokerMetrics, BrokerStates, RedisFanOut, RedisLink],
})
export class BrokersModule {}
