import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { OperationRegistry } from '../operations/registry.js';
import { AccessGuard } from './access.guard.js';
import { BodyBudget } from './body-budget.js';
import { Drain } from './drain.js';
import { FaultFilter } from './fault.filter.js';
import { RouteTable } from './route-table.js';
import { TlsCertificate } from './tls-certificate.js';

/** The guard and the error filter of every request. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    BodyBudget,
    Drain,
    OperationRegistry,
    RouteTable,
    TlsCertificate,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: FaultFilter },
  ],
  exports: [BodyBudget, Drain, OperationRegistry, RouteTable, TlsCertificate],
})
export class HttpModule {}
