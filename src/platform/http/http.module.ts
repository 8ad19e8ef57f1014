import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessTokens } from '../auth/access-token.js';
import { Authenticator } from '../auth/authenticator.js';
import { AccessGuard } from '../auth/guard.js';
import { KeyUse } from '../auth/key-use.js';
import { GraphqlDoor } from '../graphql/graphql-door.js';
import { OperationRegistry } from '../operations/registry.js';
import { Drain } from './drain.js';
import { FaultFilter } from './fault.filter.js';
import { RouteTable } from './route-table.js';

/** What every request passes: credential, permission, faults. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    AccessTokens,
    Authenticator,
    Drain,
    GraphqlDoor,
    KeyUse,
    OperationRegistry,
    RouteTable,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: FaultFilter },
  ],
  exports: [AccessTokens, Authenticator, Drain, GraphqlDoor, OperationRegistry, RouteTable],
})
export class HttpModule {}
