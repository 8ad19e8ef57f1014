import type { Call, Result } from '../../platform/operations/operation.js';
import { Operation, Operations, json } from '../../platform/operations/operation.js';
import { DetailedHealth } from './health.dto.js';
import { HealthService, SYSTEM_READ } from './health.service.js';

@Operations('service')
export class HealthOperations {
  constructor(private readonly health: HealthService) {}

  @Operation({
    summary: 'Database, pools, replicas, versions and memory',
    description: `Needs the permission ${SYSTEM_READ}, which admins have.`,
    kind: 'read',
    permission: SYSTEM_READ,
    returns: DetailedHealth,
    rest: 'GET /health/detailed',
    graphql: 'detailedHealth',
    tool: 'get_health',
  })
  async getDetailedHealth({ session }: Call): Promise<Result> {
    return json(await this.health.detailed(session));
  }
}
