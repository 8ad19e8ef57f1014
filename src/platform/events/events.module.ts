import { Global, Module } from '@nestjs/common';
import { EventStream } from './event-stream.js';
import { EventUpkeep } from './event-upkeep.js';

/** The stream of events, for every surface. */
@Global()
@Module({ providers: [EventStream, EventUpkeep], exports: [EventStream] })
export class EventsModule {}
