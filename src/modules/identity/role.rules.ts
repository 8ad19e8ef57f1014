import { allows } from '../../platform/auth/identity.js';
import type { Session } from '../../platform/auth/session.js';
import type { FieldProblem } from '../../platform/faults/fault.js';
import { Fault } from '../../platform/faults/fault.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import type { RolePatch } from './role.dto.js';
import { Role } from './role.dto.js';

export const roleListRules: ListRules = { shape: Role, defaultSort: 'name', searchable: false };

export const BUILT_IN_STAYS =
  'A built-in role is neither deleted, renamed nor disabled, and keeps the permissions that it came with.';
export const OWN_ROLE_STAYS = 'Another admin has to disable your own role or take * from it.';

/** What the rules know of a role. */
interface RuledRole {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly builtIn: readonly string[] | null;
  readonly isOwn: boolean;
}

const broken = (path: string, message: string): FieldProblem => ({ path, message, code: 'RULE_VIOLATED' });

function refuse(errors: readonly FieldProblem[]): void {
  if (errors.length === 0) return;
  throw new Fault('RULE_VIOLATED', errors.map(({ message }) => message).join(' '), { errors });
}

/**
 * Nobody gives what they lack, and a misspelt permission would be one that no operation asks for.
 * @throws Fault RULE_VIOLATED with every permission that does not exist or that the caller lacks
 */
export function requireHeld(session: Session, permissions: readonly string[], known: ReadonlySet<string>): void {
  refuse(
    permissions.flatMap((permission, index) => {
      const path = `permissions[${index}]`;
      if (permission !== '*' && !known.has(permission)) return [broken(path, `There is no permission ${permission}.`)];
      return allows(session.permissions, permission) ? [] : [broken(path, `You do not have ${permission} yourself.`)];
    }),
  );
}

/** @throws Fault RULE_VIOLATED with every field that a built-in role, or the caller's own, keeps */
export function requireAllowedRolePatch(role: RuledRole, { name, permissions, isActive }: RolePatch): void {
  const problems: FieldProblem[] = [];
  const { builtIn } = role;
  if (builtIn) {
    if (name !== undefined && name !== role.name) problems.push(broken('name', 'A built-in role keeps its name.'));
    if (isActive === false) problems.push(broken('isActive', 'A built-in role stays active.'));
    const lost = permissions ? builtIn.filter((one) => !permissions.includes(one)) : [];
    if (lost.length > 0) problems.push(broken('permissions', `A built-in role keeps ${lost.join(', ')}.`));
  } else if (role.isOwn && role.permissions.includes('*')) {
    if (isActive === false) problems.push(broken('isActive', OWN_ROLE_STAYS));
    if (permissions?.includes('*') === false) problems.push(broken('permissions', OWN_ROLE_STAYS));
  }
  refuse(problems);
}
