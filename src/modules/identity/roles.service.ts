import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Authenticator } from '../../platform/credentials/authenticator.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { requireVersion } from '../../platform/http/conditional.js';
import { OperationRegistry } from '../../platform/operations/registry.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import { NewRole, RolePatch } from './role.dto.js';
import type { RoleRow } from './role.queries.js';
import { deleteRole, getRole, insertRole, lockRole, roleSource, updateRole } from './role.queries.js';
import { BUILT_IN_STAYS, requireAllowedRolePatch, requireHeld } from './role.rules.js';

function found([role]: readonly RoleRow[]): RoleRow {
  if (!role) throw new Fault('NOT_FOUND', 'There is no such role.');
  return role;
}

/** The use cases of roles. PostgreSQL lets only administrators change them, and checks what a role keeps again. */
@Injectable()
export class RolesService {
  constructor(
    private readonly database: Database,
    private readonly operations: OperationRegistry,
    private readonly authenticator: Authenticator,
  ) {}

  list(session: Session, request: ListRequest): Promise<ListPage> {
    return runList(this.database, session, request, roleSource);
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string): Promise<RoleRow> {
    return found(await this.database.query(session, getRole(id)));
  }

  /** @throws Fault VALIDATION_FAILED, ALREADY_EXISTS (the name), RULE_VIOLATED (a permission that the caller lacks) */
  async create(session: Session, body: unknown): Promise<RoleRow> {
    requireUnrestrictedCredential(session, 'manage roles');
    const role = validated(NewRole, body);
    requireHeld(session, role.permissions, this.operations.permissions());
    return found(await this.database.command(session, insertRole(role)));
  }

  /**
   * A JSON merge patch. Users of the role have what it says with their next request.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS (the name), RULE_VIOLATED (what a built-in
   * role or the caller's own keeps, a permission that the caller lacks)
   */
  async patch(session: Session, id: string, version: number | null, body: unknown): Promise<RoleRow> {
    requireUnrestrictedCredential(session, 'manage roles');
    const patch = mergePatch(RolePatch, body, {});
    if (patch.permissions) requireHeld(session, patch.permissions, this.operations.permissions());
    const role = await this.database.write(session, async (tx) => {
      const before = found(await tx.run(lockRole(id)));
      requireVersion('role', before.version, version);
      requireAllowedRolePatch(before, patch);
      if (Object.keys(patch).length === 0) return before;
      return found(await tx.run(updateRole(id, patch)));
    });
    // PostgreSQL shows users who have lost a permission nothing. Without this, an empty list would not say why.
    this.authenticator.forgetEverybody();
    return role;
  }

  /** @throws Fault NOT_FOUND, VERSION_MISMATCH, RULE_VIOLATED (a built-in role), IN_USE (somebody has it) */
  async remove(session: Session, id: string, version: number | null): Promise<void> {
    requireUnrestrictedCredential(session, 'manage roles');
    await this.database.write(session, async (tx) => {
      const before = found(await tx.run(lockRole(id)));
      requireVersion('role', before.version, version);
      if (before.builtIn) throw new Fault('RULE_VIOLATED', BUILT_IN_STAYS);
      await tx.run(deleteRole(id));
    });
  }
}
