import { Module } from '@nestjs/common';
import { LiveGateway } from './live.gateway.js';
import { LiveService } from './live.service.js';

/** What happens, as it happens, over a WebSocket. */
@Module({ providers: [LiveGateway, LiveService], exports: [LiveService] })
export class LiveModule {}
