import { Global, Module } from '@nestjs/common';
import { LiveClients } from './live-clients.js';
import { SocketAdapter } from './socket-adapter.js';
import { SocketFaults } from './socket-faults.js';
import { Upgrades } from './upgrades.js';

/** WebSocket connections: upgrades, admission, limits and heartbeat. */
@Global()
@Module({
  providers: [Upgrades, LiveClients, SocketAdapter, SocketFaults],
  exports: [Upgrades, LiveClients, SocketAdapter, SocketFaults],
})
export class RealtimeModule {}
