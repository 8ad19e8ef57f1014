import { Feature } from '../../platform/feature/feature.js';
import { ChangesModule } from '../changes/changes.module.js';
import { LiveGateway } from './live.gateway.js';
import { LiveService } from './live.service.js';

/** Sends events over a WebSocket as they happen. */
@Feature({ imports: [ChangesModule], providers: [LiveGateway, LiveService], exports: [LiveService] })
export class LiveModule {}
