import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite, requireVersion } from '../../platform/http/conditional.js';
import type { ListRequest, ListRules } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import { TaskLabels } from '../tasks/task-labels.service.js';
import { TaskPlaces } from '../tasks/task-places.service.js';
import { NewTag, Tag, TagPatch } from './tag.dto.js';
import type { TagRow } from './tag.queries.js';
import { deleteTag, getTag, insertTag, lockTag, tagSource, updateTag } from './tag.queries.js';

export const tagListRules: ListRules = { shape: Tag, defaultSort: 'name', searchable: false };

function found([row]: readonly TagRow[]): TagRow {
  if (!row) throw new Fault('NOT_FOUND', 'There is no such tag.');
  return row;
}

/** The use cases of tags. */
@Injectable()
export class TagsService {
  constructor(
    private readonly database: Database,
    private readonly labels: TaskLabels,
    private readonly places: TaskPlaces,
  ) {}

  /** @throws Fault NOT_FOUND (the team of a filter) */
  async list(session: Session, request: ListRequest): Promise<ListPage> {
    const page = await runList(this.database, session, request, { ...tagSource, allTeams: session.isAdmin });
    await this.places.requireNamedIn(session, page);
    return page;
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string, fields?: readonly string[]): Promise<TagRow> {
    return found(await this.database.query(session, getTag(id, fields)));
  }

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND (the team), ALREADY_EXISTS (the name) */
  async create(session: Session, input: unknown): Promise<TagRow> {
    const [row] = await this.database.command(session, insertTag(validated(NewTag, input)));
    if (!row) throw new Fault('NOT_FOUND', 'There is no such team.');
    return row;
  }

  /**
   * A JSON merge patch. Another name also replaces the label of the team's tasks (decision 0026).
   * @throws Fault VALIDATION_FAILED, NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS (the name), RULE_VIOLATED (too many tasks)
   */
  async patch(session: Session, id: string, version: number | null, input: unknown): Promise<TagRow> {
    const patch = mergePatch(TagPatch, input, {});
    return this.database.write(session, async (tx) => {
      const before = found(await tx.run(lockTag(id)));
      requireVersion('tag', before.version, version);
      if (Object.keys(patch).length === 0) return before;
      const [row] = await tx.run(updateTag(id, patch));
      if (!row) throw explainRefusedWrite('tag', before.version, version);
      if (row.name !== before.name) await this.labels.rename(tx, row.teamId, before.name, row.name);
      return row;
    });
  }

  /** The labels of tasks stay. @throws Fault NOT_FOUND, VERSION_MISMATCH */
  async remove(session: Session, id: string, version: number | null): Promise<void> {
    const [gone] = await this.database.command(session, deleteTag(id, version));
    if (!gone) throw explainRefusedWrite('tag', (await this.get(session, id)).version, version);
  }
}
