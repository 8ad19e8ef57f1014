import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** Rows that one statement deletes at most, so that it holds its locks for milliseconds. */
const BATCH = 5_000;

/** Deletes sessions and tokens of mail whose time is over, and idempotency keys that are no longer replayed. */
export function dropExpired(): readonly Statement[] {
  return [
    statement(
      'identity.drop_sessions',
      `delete from public.sessions s
where s.id = any(array(
  select o.id
  from public.sessions o
  where o.expires_at < now()
  limit $1
))`,
      [BATCH],
    ),
    statement(
      'identity.drop_mail_tokens',
      `delete from public.mail_tokens t
where t.id = any(array(
  select o.id
  from public.mail_tokens o
  where o.expires_at < now()
  limit $1
))`,
      [BATCH],
    ),
    statement(
      'identity.drop_idempotency_keys',
      `delete from public.idempotency_keys k
using (
  select o.user_id, o.key
  from public.idempotency_keys o
  where o.expires_at < now()
  limit $1
) old
where k.user_id = old.user_id
  and k.key = old.key
  and k.expires_at < now()`,
      [BATCH],
    ),
  ];
}
