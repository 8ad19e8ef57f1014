import type { Session } from '../auth/session.js';
import { Fault } from '../faults/fault.js';
import type { Statement } from './statement.js';
import { statement } from './statement.js';
import type { DatabaseHooks, Replay } from './transaction-run.js';
import type { Tx } from './transaction.js';

interface Stored {
  readonly fingerprint: string;
  readonly headers: { readonly requestId: string; readonly timestamp: string } | null;
  readonly body: string | null;
}

/** Inserts the key. A second request with the same key waits here until the first has committed or rolled back. */
function takeKey(key: string, fingerprint: string): Statement<{ key: string }> {
  return statement(
    'idempotency.take',
    `insert into public.idempotency_keys (user_id, key, fingerprint)
values (app.current_user_id(), $1, $2)
on conflict (user_id, key) do update
set fingerprint = excluded.fingerprint,
    status = null,
    headers = null,
    body = null,
    created_at = now(),
    expires_at = now() + interval '24 hours'
where public.idempotency_keys.expires_at <= now()
returning key`,
    [key, fingerprint],
  );
}

function readKey(key: string): Statement<Stored> {
  return statement(
    'idempotency.read',
    `select fingerprint, headers, body
from public.idempotency_keys
where user_id = app.current_user_id()
  and key = $1`,
    [key],
  );
}

function keepAnswer(key: string, headers: string, body: string): Statement {
  return statement(
    'idempotency.keep',
    `update public.idempotency_keys
set headers = $2::jsonb,
    body = $3
where user_id = app.current_user_id()
  and key = $1`,
    [key, headers, body],
  );
}

function giveBackKey(key: string): Statement {
  return statement(
    'idempotency.give_back',
    `delete from public.idempotency_keys
where user_id = app.current_user_id()
  and key = $1`,
    [key],
  );
}

async function afterBegin(tx: Tx, session: Session): Promise<Replay | undefined> {
  const { idempotency } = session;
  if (!idempotency || session.dryRun) return undefined;
  const [taken] = await tx.run(takeKey(idempotency.key, idempotency.fingerprint));
  if (taken) return undefined;
  const [first] = await tx.run(readKey(idempotency.key));
  if (!first || first.fingerprint !== idempotency.fingerprint) throw new Fault('IDEMPOTENCY_KEY_REUSED');
  if (first.headers) idempotency.onReplay(first.headers);
  return { replay: first.body === null ? undefined : (JSON.parse(first.body) as unknown) };
}

async function beforeCommit(tx: Tx, session: Session, result: unknown): Promise<void> {
  const { idempotency } = session;
  if (!idempotency || session.dryRun) return;
  const { key, requestId, timestamp } = idempotency;
  // A statement that matched no row had no effect; the request fails and may be repeated.
  if (Array.isArray(result) && result.length === 0) {
    await tx.run(giveBackKey(key));
    return;
  }
  await tx.run(keepAnswer(key, JSON.stringify({ requestId, timestamp }), JSON.stringify(result ?? null)));
}

/**
 * Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): key, effect and answer are written in one
 * transaction, so a crash between the commit and the reply cannot separate them. Results of writes must be plain JSON.
 */
export const idempotencyHooks: DatabaseHooks = { afterBegin, beforeCommit };
