import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite } from '../../platform/http/conditional.js';
import type { ListRequest, ListRules } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import { NewServiceAccount, ServiceAccount, ServiceAccountPatch } from './service-account.dto.js';
import type { ServiceAccountRow } from './service-account.queries.js';
import { changeAgent, createAgent, getServiceAccount, serviceAccountSource } from './service-account.queries.js';

export const serviceAccountListRules: ListRules = { shape: ServiceAccount, defaultSort: 'username', searchable: false };

function found([agent]: readonly ServiceAccountRow[]): ServiceAccountRow {
  if (!agent) throw new Fault('NOT_FOUND', 'There is no such service account.');
  return agent;
}

/** The use cases of service accounts. PostgreSQL bounds what one holds by what its owner holds, with every statement. */
@Injectable()
export class ServiceAccountsService {
  constructor(private readonly database: Database) {}

  list(session: Session, request: ListRequest): Promise<ListPage> {
    return runList(this.database, session, request, serviceAccountSource);
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string): Promise<ServiceAccountRow> {
    return found(await this.database.query(session, getServiceAccount(id)));
  }

  /**
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential, a service account), ALREADY_EXISTS (the handle),
   * RULE_VIOLATED (no such role, a team that the caller is not in, too many)
   */
  create(session: Session, body: unknown): Promise<ServiceAccountRow> {
    const input = validated(NewServiceAccount, body);
    requireUnrestrictedCredential(session, 'make a service account');
    return this.database.write(session, async (tx) => {
      const [made] = await tx.run(createAgent(input));
      return found(await tx.run(getServiceAccount(made?.id ?? '')));
    });
  }

  /**
   * A JSON merge patch. The account has what it says with its next request.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential), NOT_FOUND, VERSION_MISMATCH, RULE_VIOLATED (no such
   * role, a team that the caller is not in)
   */
  patch(session: Session, id: string, version: number | null, body: unknown): Promise<ServiceAccountRow> {
    const patch = mergePatch(ServiceAccountPatch, body, { teamIds: [] });
    requireUnrestrictedCredential(session, 'change a service account');
    return this.database.write(session, (tx) => change(tx, id, version, patch));
  }
}

async function change(
  tx: Tx,
  id: string,
  version: number | null,
  patch: ServiceAccountPatch,
): Promise<ServiceAccountRow> {
  const [changed] = await tx.run(changeAgent(id, version, patch));
  const agent = found(await tx.run(getServiceAccount(id)));
  if (changed?.outcome !== 'done') throw explainRefusedWrite('service account', agent.version, version);
  return agent;
}
