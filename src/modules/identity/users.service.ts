import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault, invalid, ruleViolated } from '../../platform/faults/fault.js';
import { explainRefusedWrite } from '../../platform/http/conditional.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { mergePatch, resetBy } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import { requireAllowedPatch, userDefaults } from './identity.rules.js';
import { PasswordService } from './password.service.js';
import { NewUser, UserPatch } from './user.dto.js';
import type { UserRow, UserValues } from './user.queries.js';
import {
  endSessionsOf,
  findRoleId,
  getUser,
  insertUser,
  isUsernameFree,
  updateUser,
  userSource,
} from './user.queries.js';

/** The use cases of users. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordService,
  ) {}

  /** The users that the caller may see: team mates; for admins, every user. */
  list(session: Session, request: ListRequest): Promise<ListPage> {
    return runList(this.database, session, request, userSource);
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string, fields?: readonly string[]): Promise<UserRow> {
    return found(await this.database.query(session, getUser(id, fields)));
  }

  /**
   * Creates a user. PostgreSQL allows it only for admins.
   * @throws Fault VALIDATION_FAILED, ALREADY_EXISTS, RULE_VIOLATED
   */
  async create(session: Session, body: unknown): Promise<UserRow> {
    const input = validated(NewUser, body);
    // The account could hold more than the scopes.
    requireUnrestrictedCredential(session, 'create users');
    const { email, name, username, role = 'developer', password } = input;
    if (password !== undefined && input.passwordHash !== undefined) {
      throw invalid([{ path: 'passwordHash', message: 'must not be sent beside password', code: 'AMBIGUOUS' }]);
    }
    const passwordHash =
      password === undefined
        ? (input.passwordHash ?? null)
        : await this.passwords.hash(password, 'password', [email, name]);
    return this.database.write(session, async (tx) => {
      const roleId = await roleIdOf(tx, role);
      const id = await insertUser(tx, {
        email,
        name,
        roleId,
        username: username ?? (await freeUsername(tx, email)),
        passwordHash,
      });
      return found(await tx.run(getUser(id)));
    });
  }

  /**
   * A JSON merge patch.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_MISMATCH, ALREADY_EXISTS, RULE_VIOLATED
   */
  async patch(session: Session, id: string, version: number | null, body: unknown): Promise<UserRow> {
    const patch = mergePatch(UserPatch, body, userDefaults);
    const { role, password, ...plain } = patch;
    const before = await this.get(session, id);
    if (role !== undefined || password !== undefined || patch.email !== undefined) {
      requireUnrestrictedCredential(session, 'change roles, passwords and addresses');
    }
    requireAllowedPatch(session, id, before.role, patch);
    const passwordHash =
      password === undefined
        ? undefined
        : await this.passwords.hash(password, 'password', [patch.email ?? '', patch.name ?? '']);
    return this.database.write(session, async (tx) => {
      const values: UserValues = {
        ...plain,
        ...(role === undefined ? {} : { roleId: await roleIdOf(tx, role) }),
        ...(passwordHash === undefined ? {} : { passwordHash }),
      };
      const changed = Object.keys(values).length === 0 || (await updateUser(tx, id, version, values, resetBy(body)));
      const [after] = await tx.run(getUser(id));
      const row = found(after ? [after] : []);
      if (!changed) throw explainRefusedWrite('user', row.version, version);
      // A user who is enabled again logs in again: nobody knows who holds the old refresh tokens by then.
      if (passwordHash !== undefined || patch.isActive === false) await endSessionsOf(tx, id);
      return row;
    });
  }

  /** The id of an active role. @throws Fault RULE_VIOLATED when there is none of this name */
  roleIdOf(tx: Tx, role: string, path = 'role'): Promise<string> {
    return roleIdOf(tx, role, path);
  }
}

function found(rows: readonly UserRow[]): UserRow {
  const [row] = rows;
  if (!row) throw new Fault('NOT_FOUND', 'There is no such user.');
  return row;
}

async function roleIdOf(tx: Tx, role: string, path = 'role'): Promise<string> {
  const id = await findRoleId(tx, role);
  if (id !== null) return id;
  throw ruleViolated([{ path, message: 'There is no such role.', code: 'RULE_VIOLATED' }]);
}

/** The part before the @ reads best where tasks are assigned by name. The whole address is always free. */
async function freeUsername(tx: Tx, email: string): Promise<string> {
  const short = email.split('@', 1)[0] ?? email;
  const [answer] = await tx.run(isUsernameFree(short));
  return answer?.free ? short : email.slice(0, 100);
}
