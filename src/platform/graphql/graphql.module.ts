import { Global, Module } from '@nestjs/common';
import { GraphqlDoor } from './graphql-door.js';
import { GraphqlSocket } from './graphql-socket.js';

/** The two entrances of `/graphql`, by POST and by WebSocket. The schema is loaded with the first request. */
@Global()
@Module({ providers: [GraphqlDoor, GraphqlSocket], exports: [GraphqlDoor, GraphqlSocket] })
export class GraphqlEndpointModule {}
