import { Injectable } from '@nestjs/common';
import { allows } from '../../platform/auth/identity.js';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import type { Edge } from './dependency-graph.js';
import { recordExchange, sourceOf, statesOf } from './exchange-base.js';
import { findProjects } from './project.queries.js';
import type { ProjectRow } from './project.queries.js';
import type { ListRow, TaskRow } from './projects-import.queries.js';
import { readEdges, readLists, readTasks } from './projects-import.queries.js';
import type { ProjectAddress } from './projects.service.js';
import { onlyProject } from '../tasks/project-choice.dto.js';
import { toList, toTask } from './stored-rows.js';
import type { Layout, Task, TaskList } from './tasks-json/tasks-json.model.js';
import { parseTasksJson } from './tasks-json/tasks-json.read.js';
import { formatTasksJson, rootOf } from './tasks-json/tasks-json.write.js';

interface ExportOptions {
  /** Export only this list. */
  readonly list: string | null;
  /** The copy of the file; null for the only one that this user has. */
  readonly source: string | null;
}

/** Exports a project as a tasks.json file. */
@Injectable()
export class ProjectsExport {
  constructor(private readonly database: Database) {}

  /**
   * Returns the text of the file. What has not changed since the import keeps its original bytes.
   * @throws Fault NOT_FOUND (project, or list), AMBIGUOUS_PROJECT
   */
  async export(session: Session, address: ProjectAddress, { list, source }: ExportOptions): Promise<string> {
    const { project, lists, layout } = await this.database.read(session, (tx) => readProject(tx, address, list));
    const text = formatTasksJson(lists, layout);
    if (allows(session.permissions, 'tasks:write')) await this.#record(session, project, { text, source, only: list });
    return text;
  }

  /**
   * An import that follows must know what the file had. It is read as an import would read it, because the two must
   * agree on every value. Where nothing can be written, the export goes on: it may be the backup that is needed then.
   */
  async #record(session: Session, project: ProjectRow, { text, source, only }: Exported): Promise<void> {
    const result = parseTasksJson(text);
    if (!result.ok) return;
    // A flat file does not name its list.
    const states = new Map(result.file.lists.map((one) => [only ?? one.name, statesOf(one)]));
    const exchange = { source: sourceOf(session, source), direction: 'export' } as const;
    try {
      await this.database.write(session, (tx) => recordExchange(tx, project, exchange, states));
    } catch (error) {
      if (!(error instanceof Fault && error.status === UNAVAILABLE)) throw error;
    }
  }
}

interface Exported {
  readonly text: string;
  readonly source: string | null;
  /** The only list of the text. */
  readonly only: string | null;
}

const UNAVAILABLE = 503;

async function readProject(
  tx: Tx,
  { keyOrId, teamId }: ProjectAddress,
  list: string | null,
): Promise<{ project: ProjectRow; lists: TaskList[]; layout: Layout | undefined }> {
  const project = onlyProject(await tx.run(findProjects(keyOrId, teamId)));
  const place = [project.teamId, project.projectKey] as const;
  const all = (await tx.run(readLists(...place))).map(toList);
  const lists = all.filter((row) => list === null || row.list === list);
  if (list !== null && lists.length === 0) throw new Fault('NOT_FOUND', 'There is no such list.');
  const tasks = await tx.run(readTasks(...place, list === null ? null : [list]));
  const ids = tasks.map(({ id }) => id);
  const edges = await tx.run(readEdges(project.teamId, ids));
  return { project, lists: toLists(lists, tasksOf(tasks, edges)), layout: rootOf(all).layout };
}

function tasksOf(rows: readonly TaskRow[], edges: readonly Edge[]): Map<string, Task[]> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const parents = new Map<string, string[]>();
  for (const { child, parent } of edges) {
    const [from, to] = [byId.get(child), byId.get(parent)];
    // tasks.json cannot express a dependency on another list.
    if (from === undefined || to === undefined || from.list !== to.list) continue;
    const refs = parents.get(child);
    if (refs === undefined) parents.set(child, [to.ref]);
    else refs.push(to.ref);
  }
  const byList = new Map<string, Task[]>();
  for (const row of rows) {
    const { id, list } = row;
    const task = toTask(row, parents.get(id) ?? []);
    const tasks = byList.get(list);
    if (tasks === undefined) byList.set(list, [task]);
    else tasks.push(task);
  }
  return byList;
}

function toLists(lists: readonly ListRow[], tasks: ReadonlyMap<string, readonly Task[]>): TaskList[] {
  return (
    lists
      .map(({ list, metadata, source }) => ({ name: list, metadata, source, tasks: tasks.get(list) ?? [] }))
      // An empty list without a source remains after its tasks were deleted, so it is left out.
      .filter((list) => list.source !== null || list.tasks.length > 0)
  );
}
