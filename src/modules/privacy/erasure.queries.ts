import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

interface Erasure {
  readonly outcome: 'erased' | 'unknown' | 'last owner' | 'last administrator';
  /** Teams that need another owner first. */
  readonly teams: readonly { readonly id: string; readonly name: string }[];
}

/** PostgreSQL allows it for oneself and for administrators, with a credential without scopes. */
export function erasePerson(userId: string): Statement<Erasure> {
  return statement('privacy.erase_person', 'select outcome, teams from app.erase_person($1)', [userId]);
}

interface OwnAccount {
  readonly email: string;
  readonly needsPassword: boolean;
}

export function ownAccount(): Statement<OwnAccount> {
  return statement(
    'privacy.own_account',
    `select u.email, app.erasure_needs_password() as "needsPassword"
from public.users u
where u.id = app.current_user_id()`,
  );
}
