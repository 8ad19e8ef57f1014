import { Global, Module } from '@nestjs/common';
import { RedisLink } from './redis-link.js';

/** Redis and Kafka, for installations that have them. Without either, PostgreSQL alone does it all. */
@Global()
@Module({ providers: [RedisLink], exports: [RedisLink] })
export class BrokersModule {}
