import { Global, Module } from '@nestjs/common';
import { BrokerMetrics } from './broker-metrics.js';
import { BrokerStates } from './broker-states.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { RedisFanOut } from './redis-fan-out.js';
import { RedisLink } from './redis-link.js';

/** Redis and Kafka, for installations that have them. Without either, PostgreSQL alone does it all. */
@Global()
@Module({
  providers: [BrokerMetrics, BrokerStates, KafkaPublisher, RedisFanOut, RedisLink],
  exports: [BrokerStates, RedisFanOut, RedisLink],
})
export class BrokersModule {}
