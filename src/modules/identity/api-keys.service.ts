import { Injectable } from '@nestjs/common';
import { newApiKey } from '../../platform/credentials/secrets.js';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite, requireVersion } from '../../platform/http/conditional.js';
import { OperationRegistry } from '../../platform/operations/registry.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { validated } from '../../platform/schema/validate.js';
import { TasksService } from '../tasks/tasks.service.js';
import { OVERLAP_DEFAULT, Rotation } from './api-key.dto.js';
import type { ApiKeyRow, Predecessor } from './api-key.queries.js';
import { expireKey, findOwnAgent, getKey, insertKey, lockKey, ownKeys, revokeKey } from './api-key.queries.js';
import { requireGrantable, validKey } from './identity.rules.js';

/** A key as JSON text, with its secret only in the first answer. */
export interface MadeApiKey extends ApiKeyRow {
  readonly key: string | null;
}

interface KeyContent extends Pick<
  Predecessor,
  'userId' | 'name' | 'scopes' | 'allowedNetworks' | 'projectTeamId' | 'projectKey'
> {
  readonly expiresAt: Date | null;
  readonly rotatedFrom: string | null;
}

const NO_KEY = 'There is no such API key.';

/** The use cases of API keys. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly operations: OperationRegistry,
    private readonly tasks: TasksService,
  ) {}

  list(session: Session, request: ListRequest): Promise<ListPage> {
    return runList(this.database, session, request, ownKeys(request.own.revoked));
  }

  /** A key of the caller; for admins, any key. @throws Fault NOT_FOUND */
  async get(session: Session, id: string): Promise<ApiKeyRow> {
    const [key] = await this.database.query(session, getKey(id));
    if (!key) throw new Fault('NOT_FOUND', NO_KEY);
    return key;
  }

  /**
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential), NOT_FOUND (the project, the service
   * account), AMBIGUOUS_PROJECT,
   * RULE_VIOLATED (scopes, expiry, a project of a team without the caller)
   */
  async create(session: Session, body: unknown): Promise<MadeApiKey> {
    const input = validKey(body);
    requireUnrestrictedCredential(session);
    requireGrantable(session, input, this.operations.permissions());
    const { name, scopes = null, allowedNetworks = null, expiresAt, projectKey, teamId = null } = input;
    const userId = await this.holder(session, input.serviceAccountId);
    const project = projectKey ? await this.tasks.resolveProject(session, projectKey, teamId) : null;
    return this.make(session, async () => ({
      userId,
      name,
      scopes,
      allowedNetworks,
      expiresAt: typeof expiresAt === 'string' ? new Date(expiresAt) : null,
      rotatedFrom: null,
      projectTeamId: project?.teamId ?? null,
      projectKey: project?.projectKey ?? null,
    }));
  }

  /**
   * Creates a successor with the same owner, name, scopes, networks, project and lifetime. The old key stays valid during the overlap.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential), NOT_FOUND, VERSION_MISMATCH, CONFLICT (the key
   * has ended)
   */
  async rotate(session: Session, id: string, version: number | null, body: unknown): Promise<MadeApiKey> {
    const { overlapSeconds = OVERLAP_DEFAULT } = validated(Rotation, body);
    requireUnrestrictedCredential(session);
    return this.make(session, async (tx) => {
      const [old] = await tx.run(lockKey(id));
      if (!old) throw new Fault('NOT_FOUND', NO_KEY);
      requireVersion('API key', old.version, version);
      if (!old.isAlive) throw new Fault('CONFLICT', 'The API key has ended; make a new one.');
      await tx.run(expireKey(id, overlapSeconds));
      const { version: _version, isAlive: _isAlive, nextExpiry, ...content } = old;
      return { ...content, expiresAt: nextExpiry, rotatedFrom: id };
    });
  }

  /** Revokes a key immediately. @throws Fault FORBIDDEN (a narrowed credential), NOT_FOUND, VERSION_MISMATCH */
  async revoke(session: Session, id: string, version: number | null): Promise<void> {
    requireUnrestrictedCredential(session);
    const [revoked] = await this.database.command(session, revokeKey(id, version));
    if (revoked) return;
    const [key] = await this.database.command(session, getKey(id));
    if (!key || key.isRevoked) throw new Fault('NOT_FOUND', NO_KEY);
    throw explainRefusedWrite('API key', key.version, version);
  }

  private async holder(session: Session, serviceAccountId: string | undefined): Promise<string> {
    if (serviceAccountId === undefined) return session.userId;
    const [agent] = await this.database.query(session, findOwnAgent(serviceAccountId));
    if (!agent) throw new Fault('NOT_FOUND', 'There is no such service account.');
    return agent.id;
  }

  private async make(session: Session, contentOf: (tx: Tx) => Promise<KeyContent>): Promise<MadeApiKey> {
    const { key, prefix, hash } = newApiKey();
    const moment = { isFirst: false };
    // The result of the write is stored for idempotent retries, so it must not contain the secret.
    const row = await this.database.write(session, async (tx) => {
      moment.isFirst = !session.dryRun;
      const content = await contentOf(tx);
      const id = await insertKey(tx, { ...content, prefix, keyHash: hash });
      const [made] = await tx.run(getKey(id));
      if (!made) throw new Fault('INTERNAL');
      return made;
    });
    return { ...row, key: moment.isFirst ? key : null };
  }
}
