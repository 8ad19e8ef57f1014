import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccessTokens } from '../auth/access-token.js';
import { Authenticator } from '../auth/authenticator.js';
import { AccessGuard } from '../auth/guard.js';
import { KeyUse } from '../auth/key-use.js';
import { GraphqlDoor } from '../graphql/graphql-door.js';
import { Drain } from './drain.js';
import { FaultFilter } from './fault.filter.js';
import { RouteTable } from './route-table.js';

/** What every request passes: credential, permission, faults. */
@Global()
@Module({
  providers: [
    AccessTokens,
    Authenticator,
    Drain,
    GraphqlDoor,
    KeyUse,
    RouteTable,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: FaultFilter },
  ],
  exports: [AccessTokens, Authenticator, Drain, GraphqlDoor, RouteTable],
})
export class HttpModule {}
