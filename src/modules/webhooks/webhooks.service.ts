import { Inject, Injectable } from '@nestjs/common';
import type { SecretBox } from '../../platform/credentials/secret-box.js';
import type { Session } from '../../platform/auth/session.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { EventStream } from '../../platform/events/event-stream.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite, requireVersion } from '../../platform/http/conditional.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { WebhookChecks } from './webhook-checks.service.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import { WebhookDispatcher } from './webhook-dispatcher.service.js';
import { newWebhookSecret, webhookSecretBox } from './webhook-secret.js';
import { NewWebhook, OVERLAP_DEFAULT, SecretRotation, WebhookPatch } from './webhook.dto.js';
import type { WebhookRow } from './webhook.queries.js';
import {
  deleteWebhook,
  expireSecrets,
  findTeam,
  getWebhook,
  insertSecret,
  insertWebhook,
  lockWebhook,
  updateWebhook,
  webhookSource,
} from './webhook.queries.js';
import { WEBHOOKS_MAX, webhookDefaults } from './webhook.rules.js';

/** A webhook as JSON text, with its secret only in the first answer. */
export interface MadeWebhook extends WebhookRow {
  readonly secret: string | null;
}

const NO_WEBHOOK = 'There is no such webhook.';

/** The use cases of webhooks. Those of deliveries are in WebhookDeliveriesService. */
@Injectable()
export class WebhooksService {
  readonly #box: SecretBox;

  constructor(
    private readonly database: Database,
    private readonly stream: EventStream,
    private readonly dispatcher: WebhookDispatcher,
    private readonly checks: WebhookChecks,
    @Inject(CONFIG) config: Config,
  ) {
    this.#box = webhookSecretBox(config.webhooks.key);
  }

  /** @throws Fault NOT_FOUND (a team or project of the filters) */
  async list(session: Session, request: ListRequest): Promise<ListPage> {
    const page = await runList(this.database, session, request, {
      ...webhookSource,
      allTeams: session.isAdmin,
    });
    await this.checks.requireNamedIn(session, page);
    return page;
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string, fields?: readonly string[]): Promise<WebhookRow> {
    return found(await this.database.query(session, getWebhook(id, fields)));
  }

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND (the team), FORBIDDEN, RULE_VIOLATED (the project, too many) */
  async create(session: Session, body: unknown): Promise<MadeWebhook> {
    const input = validated(NewWebhook, body);
    this.checks.requireSendable(input);
    return this.#withSecret(session, async (tx, seal) => {
      const [team] = await tx.run(findTeam(input.teamId ?? null));
      if (!team) throw new Fault('NOT_FOUND', 'There is no such team.');
      if (team.webhooks >= WEBHOOKS_MAX)
        throw new Fault('RULE_VIOLATED', `A team has ${WEBHOOKS_MAX} webhooks at most.`);
      const id = await insertWebhook(tx, {
        teamId: team.id,
        url: input.url,
        description: input.description ?? null,
        eventTypes: input.eventTypes ?? webhookDefaults.eventTypes,
        projectKey: input.projectKey ?? null,
        isEnabled: input.isEnabled ?? true,
        sincePosition: String(this.stream.position),
      });
      await insertSecret(tx, { teamId: team.id, webhookId: id, sealedSecret: seal(id) });
      return readWebhook(tx, id);
    });
  }

  /**
   * A JSON merge patch. The caller becomes the owner.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_MISMATCH, RULE_VIOLATED (the project)
   */
  async patch(session: Session, id: string, version: number | null, body: unknown): Promise<WebhookRow> {
    const patch = mergePatch(WebhookPatch, body, webhookDefaults);
    this.checks.requireSendable(patch);
    const row = await this.database.write(session, async (tx) => {
      const before = await requireWebhook(tx, id, version);
      if (Object.keys(patch).length === 0) return before;
      // Events from the time while it was disabled are only sent by a replay.
      const begins = patch.isEnabled === true && !before.isEnabled;
      const changes = begins ? Object.assign({ sincePosition: String(this.stream.position) }, patch) : patch;
      if (!(await updateWebhook(tx, id, version, changes))) {
        throw explainRefusedWrite('webhook', (await readWebhook(tx, id)).version, version);
      }
      return readWebhook(tx, id);
    });
    this.dispatcher.wake();
    return row;
  }

  /** Deletes a webhook with its secrets and its log. @throws Fault NOT_FOUND, FORBIDDEN, VERSION_MISMATCH */
  async remove(session: Session, id: string, version: number | null): Promise<void> {
    await this.database.write(session, async (tx) => {
      await requireWebhook(tx, id, version);
      if (!(await deleteWebhook(tx, id, version))) {
        throw explainRefusedWrite('webhook', (await readWebhook(tx, id)).version, version);
      }
    });
  }

  /**
   * Creates a new secret. During the overlap, deliveries also carry a signature with the old one.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND, FORBIDDEN
   */
  async rotate(session: Session, id: string, body: unknown): Promise<MadeWebhook> {
    const { overlapSeconds = OVERLAP_DEFAULT } = validated(SecretRotation, body);
    return this.#withSecret(session, async (tx, seal) => {
      const { teamId } = await readWebhook(tx, id);
      const [held] = await tx.run(lockWebhook(id));
      if (!held) throw new Fault('FORBIDDEN');
      await tx.run(expireSecrets(teamId, id, overlapSeconds));
      await insertSecret(tx, { teamId, webhookId: id, sealedSecret: seal(id) });
      return readWebhook(tx, id);
    });
  }

  /** The result of the write is stored for idempotent retries, so it must not contain the secret. */
  async #withSecret(
    session: Session,
    work: (tx: Tx, seal: (id: string) => Buffer) => Promise<WebhookRow>,
  ): Promise<MadeWebhook> {
    const secret = newWebhookSecret();
    const moment = { isFirst: false };
    const row = await this.database.write(session, async (tx) => {
      moment.isFirst = !session.dryRun;
      return work(tx, (id) => this.#box.seal(id, secret));
    });
    this.dispatcher.wake();
    return { ...row, secret: moment.isFirst ? secret : null };
  }
}

function found([row]: readonly WebhookRow[]): WebhookRow {
  if (!row) throw new Fault('NOT_FOUND', NO_WEBHOOK);
  return row;
}

async function readWebhook(tx: Tx, id: string): Promise<WebhookRow> {
  return found(await tx.run(getWebhook(id)));
}

/** The webhook, at the expected version. @throws Fault NOT_FOUND, VERSION_MISMATCH */
async function requireWebhook(tx: Tx, id: string, version: number | null): Promise<WebhookRow> {
  const row = await readWebhook(tx, id);
  requireVersion('webhook', row.version, version);
  return row;
}
