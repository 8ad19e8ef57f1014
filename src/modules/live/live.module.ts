import { Feature } from '../../platform/feature/feature.js';
import { LiveGateway } from './live.gateway.js';
import { LiveService } from './live.service.js';

/** What happens, as it happens, over a WebSocket. */
@Feature({ providers: [LiveGateway, LiveService], exports: [LiveService] })
export class LiveModule {}
