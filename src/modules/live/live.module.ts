import { Feature } from '../../platform/feature/feature.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { LiveGateway } from './live.gateway.js';
import { LiveService } from './live.service.js';

/** Sends events over a WebSocket as they happen. */
@Feature({ imports: [TasksModule], providers: [LiveGateway, LiveService], exports: [LiveService] })
export class LiveModule {}
