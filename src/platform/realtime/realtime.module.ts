import { Global, Module } from '@nestjs/common';
import { Upgrades } from './upgrades.js';

/** Connections that stay: who may open one, and how they end. */
@Global()
@Module({ providers: [Upgrades], exports: [Upgrades] })
export class RealtimeModule {}
