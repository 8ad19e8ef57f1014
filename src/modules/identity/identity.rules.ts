import { allows } from '../../platform/auth/identity.js';
import type { Session } from '../../platform/auth/session.js';
import type { FieldProblem } from '../../platform/faults/fault.js';
import { Fault, invalid, ruleViolated } from '../../platform/faults/fault.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { validated } from '../../platform/schema/validate.js';
import { ApiKey, NewApiKey } from './api-key.dto.js';
import { User } from './user.dto.js';
import type { UserPatch } from './user.dto.js';

/** Number of wrong passwords that lock an account, and the duration of the lock. */
export const FAILED_LOGINS_MAX = 10;
export const LOCK_SECONDS = 15 * 60;

export const apiKeyListRules: ListRules = {
  shape: ApiKey,
  defaultSort: '-createdAt',
  searchable: false,
  own: { revoked: ['true', 'false', 'only'] },
};

export const userListRules: ListRules = { shape: User, defaultSort: 'username', searchable: false };

/** The values that a null in a patch restores. */
export const userDefaults = { metadata: {} };

/** The fields that users may change of themselves. */
const OWN_FIELDS = ['name', 'metadata'];

const broken = (path: string, message: string): FieldProblem => ({ path, message, code: 'RULE_VIOLATED' });

/** Requires a project beside a team, because a key is bound to a project. @throws Fault VALIDATION_FAILED */
export function validKey(body: unknown): NewApiKey {
  const input = validated(NewApiKey, body);
  if (input.teamId === undefined || input.projectKey) return input;
  throw invalid([{ path: 'projectKey', message: 'projectKey is needed beside teamId', code: 'REQUIRED' }]);
}

/** @throws Fault RULE_VIOLATED that names every scope that does not exist or that the owner lacks, and an expiry in the past */
export function requireGrantable(
  session: Session,
  { scopes, expiresAt }: NewApiKey,
  permissions: ReadonlySet<string>,
): void {
  const wider = (scopes ?? []).flatMap((scope, index) => {
    const path = `scopes[${index}]`;
    // A misspelt scope of an administrator would make a key that can do nothing, or more once the name exists.
    if (scope !== '*' && !permissions.has(scope)) return [broken(path, `There is no permission ${scope}.`)];
    return allows(session.permissions, scope) ? [] : [broken(path, `You do not have ${scope} yourself.`)];
  });
  const past = pastExpiry(expiresAt);
  if (wider.length + past.length > 0) throw ruleViolated([...wider, ...past]);
}

function pastExpiry(expiresAt: string | null | undefined): FieldProblem[] {
  if (typeof expiresAt !== 'string' || Date.parse(expiresAt) > Date.now()) return [];
  return [broken('expiresAt', 'expiresAt must be in the future.')];
}

/** @throws Fault RULE_VIOLATED for an expiry in the past */
export function requireFuture(expiresAt: string | null | undefined): void {
  const past = pastExpiry(expiresAt);
  if (past.length > 0) throw ruleViolated(past);
}

/** Decides who may change which fields of a user. @throws Fault FORBIDDEN, RULE_VIOLATED */
export function requireAllowedPatch(session: Session, userId: string, role: string, patch: UserPatch): void {
  const self = userId === session.userId;
  if (!session.isAdmin) {
    if (!self) throw new Fault('FORBIDDEN', 'Only admins change other users.');
    const foreign = Object.keys(patch).filter((name) => !OWN_FIELDS.includes(name));
    if (foreign.length > 0) throw new Fault('FORBIDDEN', `Only admins change ${foreign.join(', ')}.`);
  } else if (self) {
    // Nobody could restore the last admin.
    const lost = [
      ...(patch.isActive === false ? [broken('isActive', 'Another admin has to deactivate you.')] : []),
      ...(patch.role !== undefined && patch.role !== role
        ? [broken('role', 'Another admin has to change your role.')]
        : []),
    ];
    if (lost.length > 0) throw ruleViolated(lost);
  }
}
