import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Authenticator } from '../../platform/credentials/authenticator.js';
import { newIngestKey } from '../../platform/credentials/secrets.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite } from '../../platform/http/conditional.js';
import type { ListRequest, ListRules } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import { PROJECT_KEY_PATTERN } from '../tasks/task.dto.js';
import { TasksService } from '../tasks/tasks.service.js';
import { requireFuture } from './identity.rules.js';
import type { OfProject } from './ingest-key.dto.js';
import { IngestKey, IngestKeyPatch, NewIngestKey } from './ingest-key.dto.js';
import type { IngestKeyRow } from './ingest-key.queries.js';
import { getIngestKey, ingestKeysOf, insertIngestKey, revokeIngestKey, updateIngestKey } from './ingest-key.queries.js';

export const ingestKeyListRules: ListRules = {
  shape: IngestKey,
  defaultSort: '-createdAt',
  searchable: false,
  own: { revoked: ['true', 'false', 'only'] },
};

/** A key as JSON text, with its secret only in the first answer. */
interface MadeIngestKey extends IngestKeyRow {
  readonly key: string | null;
}

interface FoundProject {
  readonly teamId: string;
  readonly projectKey: string;
}

const NO_KEY = 'There is no such ingest key.';

/** The use cases of ingest keys. PostgreSQL shows and lets change them only those who manage the team. */
@Injectable()
export class IngestKeysService {
  constructor(
    private readonly database: Database,
    private readonly tasks: TasksService,
    private readonly authenticator: Authenticator,
  ) {}

  /** @throws Fault NOT_FOUND and AMBIGUOUS_PROJECT (the project) */
  async list(session: Session, project: OfProject, request: ListRequest): Promise<ListPage> {
    const found = await this.find(session, project);
    return runList(this.database, session, request, ingestKeysOf(found, request.own.revoked));
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string): Promise<IngestKeyRow> {
    const [key] = await this.database.query(session, getIngestKey(id));
    if (!key) throw new Fault('NOT_FOUND', NO_KEY);
    return key;
  }

  /**
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential, a team that the caller does not manage), NOT_FOUND and
   * AMBIGUOUS_PROJECT (the project), RULE_VIOLATED (an expiry in the past)
   */
  async create(session: Session, project: OfProject, body: unknown): Promise<MadeIngestKey> {
    const input = validated(NewIngestKey, body);
    requireUnrestrictedCredential(session);
    requireFuture(input.expiresAt);
    const found = await this.find(session, project);
    const { key, prefix, hash } = newIngestKey();
    const moment = { isFirst: false };
    // The result of the write is stored for idempotent retries, so it must not contain the secret.
    const row = await this.database.write(session, async (tx) => {
      moment.isFirst = !session.dryRun;
      const [made] = await tx.run(insertIngestKey(found, input, { prefix, hash }));
      if (!made) throw new Fault('INTERNAL');
      return made;
    });
    return { ...row, key: moment.isFirst ? key : null };
  }

  /**
   * A JSON merge patch.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential), NOT_FOUND, VERSION_MISMATCH, RULE_VIOLATED (an expiry
   * in the past)
   */
  async patch(session: Session, id: string, version: number | null, body: unknown): Promise<IngestKeyRow> {
    const patch = mergePatch(IngestKeyPatch, body, { allowedOrigins: [] });
    requireUnrestrictedCredential(session);
    requireFuture(patch.expiresAt);
    const [row] = await this.database.command(session, updateIngestKey(id, version, patch));
    if (!row) throw await this.explain(session, id, version);
    // Its list and its limit are part of the cached identity.
    this.authenticator.forgetCredential(id);
    return row;
  }

  /** Revokes a key immediately. @throws Fault FORBIDDEN (a narrowed credential), NOT_FOUND, VERSION_MISMATCH */
  async revoke(session: Session, id: string, version: number | null): Promise<void> {
    requireUnrestrictedCredential(session);
    const [revoked] = await this.database.command(session, revokeIngestKey(id, version));
    if (!revoked) throw await this.explain(session, id, version);
    this.authenticator.forgetCredential(id);
  }

  private async explain(session: Session, id: string, version: number | null): Promise<Fault> {
    const [key] = await this.database.command(session, getIngestKey(id));
    if (!key || key.isRevoked) return new Fault('NOT_FOUND', NO_KEY);
    return explainRefusedWrite('ingest key', key.version, version);
  }

  private find(session: Session, { key, teamId }: OfProject): Promise<FoundProject> {
    if (!PROJECT_KEY_PATTERN.test(key)) throw new Fault('NOT_FOUND', 'There is no such project.');
    return this.tasks.resolveProject(session, key, teamId ?? null);
  }
}
