import { Global, Module } from '@nestjs/common';
import { LiveClients } from './live-clients.js';
import { SocketAdapter } from './socket-adapter.js';
import { SocketFaults } from './socket-faults.js';
import { Upgrades } from './upgrades.js';

/** Connections that stay: who may open one, what they are sent, and how they end. */
@Global()
@Module({
  providers: [Upgrades, LiveClients, SocketAdapter, SocketFaults],
  exports: [Upgrades, LiveClients, SocketAdapter, SocketFaults],
})
export class RealtimeModule {}
