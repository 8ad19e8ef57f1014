import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault, invalid } from '../../platform/faults/fault.js';
import type { Edge } from './dependency-graph.js';
import type { ImportPlan, PlannedTask, StoredTask } from './import-plan.js';
import { countNew, planImport } from './import-plan.js';
import { planLists } from './import-lists.js';
import { findProjects } from './project.queries.js';
import type { ProjectRow } from './project.queries.js';
import type { ImportReport } from './projects-import.dto.js';
import type { TaskRow } from './projects-import.queries.js';
import {
  addEdges,
  deleteTasks,
  findMembers,
  forgetPlans,
  lockImport,
  lockTasks,
  newIds,
  raiseListCounters,
  raiseTaskCounters,
  readEdges,
  readLists,
  readOpenStatuses,
  removeEdges,
  skipDependencyChecks,
  skipDependencyCounts,
  writeLists,
} from './projects-import.queries.js';
import { insertTasks, newRecordOf, recordOf, updateTasks, writeSources } from './import-tasks.queries.js';
import type { ProjectAddress } from './projects.service.js';
import { onlyProject } from './projects.service.js';
import type { TasksFile } from './tasks-json/tasks-json.model.js';
import { parseTasksJson } from './tasks-json/tasks-json.read.js';
import { parentOf } from './tasks-json/tasks-json.refs.js';

export interface ImportOptions {
  /** Import only this list of the file. */
  readonly list: string | null;
  /** Delete tasks of an earlier file that are missing in this one. */
  readonly prune: boolean;
}

/** Bytes per statement: large enough for few round trips, and small enough for the memory of both sides. */
const BATCH_BYTES = 2 * 1024 * 1024;

/** From this number of new tasks on, a plan for small tables costs more than planning again. */
const MANY_TASKS = 200;

/** Imports a tasks.json file into a project. */
@Injectable()
export class ProjectsImport {
  constructor(private readonly database: Database) {}

  /**
   * Imports the whole file or nothing. The import is idempotent: project, list and number identify a task.
   * @throws Fault MALFORMED_BODY, VALIDATION_FAILED (every problem of the file), NOT_FOUND, AMBIGUOUS_PROJECT
   */
  async import(
    session: Session,
    address: ProjectAddress,
    text: string,
    { list, prune }: ImportOptions,
  ): Promise<ImportReport> {
    const file = fileOf(text, list);
    return this.database.write(session, async (tx) => {
      const project = await lockProject(tx, address);
      const plan = await readAndPlan(tx, project, file, { list, prune });
      await write(tx, project, plan);
      const lists = file.lists.map(({ name }) => name);
      await tx.run(raiseListCounters(project.teamId, project.projectKey, lists));
      await tx.run(raiseTaskCounters(project.teamId, project.projectKey, lists));
      return { ...plan.counts, normalisations: [...file.normalisations, ...plan.normalisations] };
    });
  }
}

function fileOf(text: string, list: string | null): TasksFile {
  const result = parseTasksJson(text);
  if (!result.ok) {
    const [first] = result.problems;
    if (first?.code === 'INVALID_JSON') throw new Fault('MALFORMED_BODY', first.message);
    throw invalid(result.problems);
  }
  return list === null ? result.file : onlyList(result.file, list);
}

/** A flat file has one unnamed list, which accepts any name. */
function onlyList(file: TasksFile, name: string): TasksFile {
  const chosen = file.shape === 'flat' ? file.lists.map((one) => ({ ...one, name })) : file.lists;
  const lists = chosen.filter((one) => one.name === name);
  if (lists.length === 0) {
    throw invalid([{ path: 'query.list', message: 'is not in the file', code: 'UNKNOWN_LIST' }]);
  }
  const within = ({ path }: { path: string }): boolean => path === name || /^[.[]/.test(path.slice(name.length));
  const isHere = (one: { path: string }): boolean =>
    file.shape === 'flat' || (one.path.startsWith(name) && within(one));
  return { ...file, lists, normalisations: file.normalisations.filter(isHere) };
}

async function lockProject(tx: Tx, { keyOrId, teamId }: ProjectAddress): Promise<ProjectRow> {
  const project = onlyProject(await tx.run(findProjects(keyOrId, teamId)));
  if ((await tx.run(lockImport(project.id))).length === 0) throw new Fault('NOT_FOUND', 'There is no such project.');
  return project;
}

async function readAndPlan(
  tx: Tx,
  { id: projectId, teamId, projectKey }: ProjectRow,
  file: TasksFile,
  options: ImportOptions,
): Promise<ImportPlan> {
  const storedLists = await tx.run(readLists(teamId, projectKey));
  const isWhole = options.list === null;
  await tx.run(writeLists(teamId, projectKey, planLists(file.lists, storedLists, { ...options, isWhole })));
  // Only a complete file shows that a list was removed.
  const names = options.prune && isWhole ? null : file.lists.map(({ name }) => name);
  const stored = (await tx.run(lockTasks(teamId, projectKey, names))).map(storedTask);
  const edges = await readGraph(
    tx,
    teamId,
    stored.map(({ id }) => id),
  );
  const ids = await tx.run(newIds(countNew(file.lists, stored)));
  const tasks = [...file.lists.flatMap((list) => list.tasks), ...stored.map(({ task }) => task)];
  const openStatuses = await tx.run(readOpenStatuses(projectId, [...new Set(tasks.map(({ status }) => status))]));
  return planImport({
    lists: file.lists,
    stored,
    edges,
    newIds: ids.map(({ id }) => id),
    prune: options.prune,
    openStatuses: new Set(openStatuses.map(({ status }) => status)),
  });
}

/** All prerequisites of these tasks, also in other projects, because a cycle can leave the project and return. */
async function readGraph(tx: Tx, teamId: string, ids: readonly string[]): Promise<Edge[]> {
  const edges: Edge[] = [];
  const seen = new Set(ids);
  for (let next = [...seen]; next.length > 0;) {
    const found = await tx.run(readEdges(teamId, next));
    for (const edge of found) edges.push(edge);
    next = [...new Set(found.map(({ parent }) => parent))].filter((id) => !seen.has(id));
    for (const id of next) seen.add(id);
  }
  return edges;
}

function storedTask({ id, list, ref, assigneeId, isDeleted, content, source }: TaskRow): StoredTask {
  const task = { ...content, ref, parentRef: parentOf(ref), dependencies: [], source };
  return { id, list, assigneeId, isDeleted, task };
}

async function write(tx: Tx, { teamId, projectKey }: ProjectRow, plan: ImportPlan): Promise<void> {
  const assignees = await assigneesOf(tx, teamId, [...plan.inserts, ...plan.updates]);
  if (plan.inserts.length > MANY_TASKS) await tx.run(forgetPlans);
  const inserts = plan.inserts.map((task) => newRecordOf(task, assigneeOf(task, assignees)));
  for (const batch of batches(inserts)) await tx.run(insertTasks(teamId, projectKey, batch));
  const updates = plan.updates.map((task) => recordOf(task, assigneeOf(task, assignees)));
  for (const batch of batches(updates)) await tx.run(updateTasks(teamId, batch));
  const sources = plan.sources.map(({ id, imported }) => ({ id, source: imported.source }));
  for (const batch of batches(sources)) await tx.run(writeSources(teamId, batch));
  await writeEdges(tx, teamId, plan);
  const deletes = plan.deletes.map(({ id }) => id);
  if (deletes.length > 0) await tx.run(deleteTasks(teamId, deletes));
}

async function writeEdges(tx: Tx, teamId: string, { newEdges, addedEdges, removedEdges }: ImportPlan): Promise<void> {
  await tx.run(skipDependencyChecks);
  if (removedEdges.length > 0) await tx.run(removeEdges(teamId, removedEdges));
  if (addedEdges.length > 0) await tx.run(addEdges(teamId, addedEdges));
  if (newEdges.length === 0) return;
  await tx.run(skipDependencyCounts(true));
  await tx.run(addEdges(teamId, newEdges));
  await tx.run(skipDependencyCounts(false));
}

async function assigneesOf(tx: Tx, teamId: string, tasks: readonly PlannedTask[]): Promise<Map<string, string>> {
  const named = tasks.flatMap(({ content }) => (content.assignedTo === null ? [] : [content.assignedTo.toLowerCase()]));
  const names = [...new Set(named)];
  if (names.length === 0) return new Map();
  const members = await tx.run(findMembers(teamId, names));
  return new Map(members.flatMap((member) => member.names.map((name) => [name, member.id])));
}

/** Free text that names a member of the team assigns that member. Unchanged text keeps its assignee. */
function assigneeOf({ content, stored }: PlannedTask, assignees: ReadonlyMap<string, string>): string | null {
  if (stored !== null && stored.task.assignedTo === content.assignedTo) return stored.assigneeId;
  return content.assignedTo === null ? null : (assignees.get(content.assignedTo.toLowerCase()) ?? null);
}

function* batches(records: readonly object[]): Generator<string> {
  let batch: string[] = [];
  let bytes = 0;
  for (const record of records) {
    const text = JSON.stringify(record);
    batch.push(text);
    bytes += text.length;
    if (bytes < BATCH_BYTES) continue;
    yield `[${batch.join(',')}]`;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield `[${batch.join(',')}]`;
}
