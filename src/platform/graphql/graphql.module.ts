import { Global, Module } from '@nestjs/common';
import { GraphqlEndpoint } from './graphql-endpoint.js';
import { GraphqlSocket } from './graphql-socket.js';

/** `/graphql` by POST and by WebSocket. The first request loads the schema. */
@Global()
@Module({ providers: [GraphqlEndpoint, GraphqlSocket], exports: [GraphqlEndpoint, GraphqlSocket] })
export class GraphqlEndpointModule {}
