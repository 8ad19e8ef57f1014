import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { Language } from '../../platform/mail/mail.js';
import type { MePatch } from './identity.dto.js';
import { Me } from './identity.dto.js';
import { UserEntity } from './user.entity.js';

/** The user of the session. */
export function getMe(): Statement<{ id: string; data: string }> {
  return statement(
    'identity.me',
    `select
  t.id,
  ${jsonOf(Me)} as data
from public.users t
where t.id = app.current_user_id()`,
  );
}

/** How to address the user of the session. */
export interface Names {
  readonly email: string;
  readonly name: string;
  readonly username: string;
  readonly language: Language;
  readonly isVerified: boolean;
}

export function getNames(): Statement<Names> {
  return statement(
    'identity.names',
    `select u.email, u.name, u.username, u.language, u.email_verified as "isVerified"
from public.users u
where u.id = app.current_user_id()`,
  );
}

export function setOwnPassword(hash: string): Statement {
  return statement('identity.set_own_password', 'select app.set_own_password($1)', [hash]);
}

/** Changes the settings of the user; false if the credential may not. A foreign key requires the membership. */
export async function setOwnSettings(tx: Tx, userId: string, settings: MePatch): Promise<boolean> {
  const { affected } = await tx.entities.update(UserEntity, { id: userId }, settings);
  return affected === 1;
}
