import { Global, Module } from '@nestjs/common';
import { EventStream } from './event-stream.js';
import { EventUpkeep } from './event-upkeep.js';
import { KafkaPublisher } from './kafka-publisher.js';

/** The stream of events, for every surface and for Kafka. */
@Global()
@Module({ providers: [EventStream, EventUpkeep, KafkaPublisher], exports: [EventStream] })
export class EventsModule {}
