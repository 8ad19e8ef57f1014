import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite, requireVersion } from '../../platform/http/conditional.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { mergePatch, resetBy } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import { NewTeam, TeamPatch } from './team.dto.js';
import type { TeamRights, TeamRow } from './team.queries.js';
import { createTeam, deleteTeam, emptyTrash, getTeam, rightsIn, teamSource, updateTeam } from './team.queries.js';
import { teamDefaults } from './team.rules.js';

const NO_TEAM = 'There is no such team.';

/** The use cases of teams. */
@Injectable()
export class TeamsService {
  constructor(private readonly database: Database) {}

  list(session: Session, request: ListRequest): Promise<ListPage> {
    return runList(this.database, session, request, {
      ...teamSource,
      allTeams: session.isAdmin,
    });
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string, fields?: readonly string[]): Promise<TeamRow> {
    return found(await this.database.query(session, getTeam(id, fields)));
  }

  /** @throws Fault NOT_FOUND */
  async rights(session: Session, id: string): Promise<TeamRights> {
    return found(await this.database.query(session, rightsIn(id)));
  }

  /** Creates a team that the caller owns. @throws Fault VALIDATION_FAILED */
  async create(session: Session, body: unknown): Promise<TeamRow> {
    const { name, description = null, metadata = {} } = validated(NewTeam, body);
    return this.database.write(session, async (tx) => {
      const [made] = await tx.run(createTeam(name, description, metadata));
      return found(await tx.run(getTeam(made?.id ?? '')));
    });
  }

  /** A JSON merge patch. @throws Fault VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_MISMATCH */
  async patch(session: Session, id: string, version: number | null, body: unknown): Promise<TeamRow> {
    const patch = mergePatch(TeamPatch, body, teamDefaults);
    return this.database.write(session, async (tx) => {
      const { manages } = await requireRights(tx, id, version);
      if (!manages) throw new Fault('FORBIDDEN', 'Only owners and admins of a team change it.');
      const changes = Object.keys(patch).length > 0;
      if (changes && !(await updateTeam(tx, id, version, patch, resetBy(body)))) {
        throw explainRefusedWrite('team', (await readRights(tx, id)).version, version);
      }
      return found(await tx.run(getTeam(id)));
    });
  }

  /**
   * Deletes a team without live records, together with its soft-deleted ones.
   * @throws Fault NOT_FOUND, FORBIDDEN, VERSION_MISMATCH, IN_USE, RULE_VIOLATED (a personal team)
   */
  async remove(session: Session, id: string, version: number | null): Promise<void> {
    await this.database.write(session, async (tx) => {
      const { deletes, isPersonal } = await requireRights(tx, id, version);
      if (!deletes) throw new Fault('FORBIDDEN', 'Only the owner deletes a team.');
      if (isPersonal) throw new Fault('RULE_VIOLATED', 'A personal team stays as long as its owner.');
      await tx.run(emptyTrash(id));
      if (!(await deleteTeam(tx, id, version))) {
        throw explainRefusedWrite('team', (await readRights(tx, id)).version, version);
      }
    });
  }
}

function found<Row>([row]: readonly Row[]): Row {
  if (!row) throw new Fault('NOT_FOUND', NO_TEAM);
  return row;
}

async function readRights(tx: Tx, id: string): Promise<TeamRights> {
  return found(await tx.run(rightsIn(id)));
}

/** The caller's rights in a team that is at the expected version. @throws Fault NOT_FOUND, VERSION_MISMATCH */
async function requireRights(tx: Tx, id: string, version: number | null): Promise<TeamRights> {
  const rights = await readRights(tx, id);
  requireVersion('team', rights.version, version);
  return rights;
}
