import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import type { Edge } from './dependency-graph.js';
import { findProjects } from './project.queries.js';
import type { ListRow, TaskRow } from './projects-import.queries.js';
import { readEdges, readLists, readTasks } from './projects-import.queries.js';
import type { ProjectAddress } from './projects.service.js';
import { onlyProject } from './projects.service.js';
import type { Task, TaskList } from './tasks-json/tasks-json.model.js';
import { parentOf } from './tasks-json/tasks-json.refs.js';
import { formatTasksJson } from './tasks-json/tasks-json.write.js';

/** Exports a project as a tasks.json file. */
@Injectable()
export class ProjectsExport {
  constructor(private readonly database: Database) {}

  /**
   * Returns the text of the file. Tasks that have not changed since the import keep their original bytes.
   * @throws Fault NOT_FOUND (project, or list), AMBIGUOUS_PROJECT
   */
  async export(session: Session, { keyOrId, teamId }: ProjectAddress, list: string | null): Promise<string> {
    const rows = await this.database.read(session, async (tx) => {
      const project = onlyProject(await tx.run(findProjects(keyOrId, teamId)));
      const place = [project.teamId, project.projectKey] as const;
      const lists = (await tx.run(readLists(...place))).filter((row) => list === null || row.list === list);
      if (list !== null && lists.length === 0) throw new Fault('NOT_FOUND', 'There is no such list.');
      const tasks = await tx.run(readTasks(...place, list === null ? null : [list]));
      const ids = tasks.map(({ id }) => id);
      return { lists, tasks, edges: await tx.run(readEdges(project.teamId, ids)) };
    });
    return formatTasksJson(toLists(rows.lists, tasksOf(rows.tasks, rows.edges)));
  }
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
  for (const { id, list, ref, content, source } of rows) {
    const task = { ...content, ref, parentRef: parentOf(ref), dependencies: parents.get(id) ?? [], source };
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
