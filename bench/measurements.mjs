import { measureAnalytics } from './measure/analytics.mjs';
import { measureAudit } from './measure/audit.mjs';
import { measureBare } from './measure/bare.mjs';
import { measureEvents } from './measure/events.mjs';
import { measureGraphql } from './measure/graphql.mjs';
import { measureGrowth, measureLarge } from './measure/growth.mjs';
import { measureLive } from './measure/live.mjs';
import { measureBareHttp, measureTypeorm } from './measure/peers.mjs';
import { measurePostgraphile } from './measure/postgraphile.mjs';
import { measureInstances } from './measure/instances.mjs';
import { measureCachedReads, measureLimits } from './measure/limits.mjs';
import { measureRest } from './measure/rest.mjs';
import { measureRls } from './measure/rls.mjs';
import { measureStart } from './measure/start.mjs';
import { measureTaskMasterAi } from './measure/task-master-ai.mjs';
import { measureTenant } from './measure/tenant.mjs';
import { measureWrites } from './measure/writes.mjs';

/**
 * Every measurement, in the order in which it runs; those that write come last. The headline is printed first. A
 * measurement that takes too long for every run needs an option (`onlyWith`).
 */
export const measurements = [
  { name: 'rest', measure: measureRest },
  { name: 'limits', measure: measureLimits },
  { name: 'cached-reads', measure: measureCachedReads },
  { name: 'bare-http', measure: measureBareHttp },
  { name: 'typeorm', measure: measureTypeorm },
  { name: 'postgraphile', measure: measurePostgraphile },
  { name: 'graphql', measure: measureGraphql },
  { name: 'growth', measure: measureGrowth },
  { name: 'rls', measure: measureRls },
  { name: 'start', measure: measureStart },
  { name: 'tenant', measure: measureTenant },
  { name: 'analytics', measure: measureAnalytics },
  { name: 'task-master-ai', measure: measureTaskMasterAi },
  { name: 'bare-postgres', measure: measureBare, isHeadline: true },
  { name: 'writes', measure: measureWrites },
  { name: 'audit', measure: measureAudit },
  { name: 'instances', measure: measureInstances },
  { name: 'live', measure: measureLive },
  { name: 'events', measure: measureEvents },
  { name: 'large', measure: measureLarge, onlyWith: 'large' },
];
