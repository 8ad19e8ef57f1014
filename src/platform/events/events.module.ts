import type { DynamicModule } from '@nestjs/common';
import { Global, Module } from '@nestjs/common';
import { CatchUp } from './catch-up.js';
import { EVENT_SOURCES, EventCatalogue } from './event-catalogue.js';
import { EventFeed } from './event-feed.js';
import type { EventSource } from './event-source.js';
import { EventStream } from './event-stream.js';
import { EventUpkeep } from './event-upkeep.js';
import { KafkaPublisher } from './kafka-publisher.js';

/** The stream of events, its feed to connections, and its copy to Kafka. */
@Global()
@Module({})
export class EventsModule {
  static with(sources: readonly EventSource[]): DynamicModule {
    return {
      module: EventsModule,
      providers: [
        { provide: EVENT_SOURCES, useValue: sources },
        EventCatalogue,
        EventStream,
        EventFeed,
        CatchUp,
        EventUpkeep,
        KafkaPublisher,
      ],
      exports: [EventCatalogue, EventStream, EventFeed, CatchUp],
    };
  }
}
