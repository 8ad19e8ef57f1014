import { Global, Module } from '@nestjs/common';
import { CatchUp } from './catch-up.js';
import { EventFeed } from './event-feed.js';
import { EventStream } from './event-stream.js';
import { EventUpkeep } from './event-upkeep.js';
import { KafkaPublisher } from './kafka-publisher.js';

/** The stream of events, its feed to connections, and its copy to Kafka. */
@Global()
@Module({
  providers: [EventStream, EventFeed, CatchUp, EventUpkeep, KafkaPublisher],
  exports: [EventStream, EventFeed, CatchUp],
})
export class EventsModule {}
