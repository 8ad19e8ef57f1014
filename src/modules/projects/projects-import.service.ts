import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault, invalid } from '../../platform/faults/fault.js';
import { validated } from '../../platform/schema/validate.js';
import type { Edge } from './dependency-graph.js';
import { basesOf, recordExchange, sourceOf } from './exchange-base.js';
import type { PlannedTask, StoredTask } from './import-input.js';
import type { ImportPlan } from './import-plan.js';
import { countNew, planImport } from './import-plan.js';
import { planLists } from './import-lists.js';
import { NewProject } from './project.dto.js';
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
import type { TaskBatch, TaskRecord } from './import-tasks.queries.js';
import { insertTasks, newRecordOf, recordOf, updateTasks, writeSources } from './import-tasks.queries.js';
import type { ProjectAddress } from './projects.service.js';
import { onlyProject } from '../tasks/project-choice.dto.js';
import { createProject } from './projects.service.js';
import { inSlices } from './slices.js';
import { toList, toTask } from './stored-rows.js';
import { readExchanges } from './task-exchanges.queries.js';
import type { Resolution } from './tasks-json/tasks-json.merge.js';
import type { TasksFile } from './tasks-json/tasks-json.model.js';
import { parseInSteps } from './tasks-json/tasks-json.read.js';

export interface ImportOptions {
  /** Import only this list of the file. */
  readonly list: string | null;
  /** Delete tasks that were exchanged and are missing in the file. */
  readonly prune: boolean;
  /** Create the project, which must not exist yet. */
  readonly createProject: boolean;
  /** The copy of the file; null for the only one that this user has. */
  readonly source: string | null;
  readonly conflicts: Resolution;
}

/** Bytes of one statement: some round trips for a large file, and no statement that takes the event loop for long. */
const BATCH_BYTES = 256 * 1024;

/** From this number of new tasks on, a plan for small tables costs more than planning again. */
const MANY_TASKS = 200;

/** Imports a tasks.json file into a project. */
@Injectable()
export class ProjectsImport {
  constructor(private readonly database: Database) {}

  /**
   * Imports the whole file or nothing, the creation of its project included. It is merged against what was last
   * exchanged with its source; project, list and number identify a task.
   * @throws Fault MALFORMED_BODY, VALIDATION_FAILED (every problem of the file), NOT_FOUND, AMBIGUOUS_PROJECT,
   *   ALREADY_EXISTS (a project to be created)
   */
  async import(session: Session, address: ProjectAddress, text: string, options: ImportOptions): Promise<ImportReport> {
    const queue = await this.#queueOf(session, address, options.createProject);
    return this.database.bulkWrite(session, queue, async (tx) => {
      // Once it is its turn: the tasks of a file take ten times the memory of its text.
      const file = await fileOf(text, options.list);
      if (options.createProject) await createProject(tx, session, projectOf(address));
      const project = await lockProject(tx, address);
      const { teamId, projectKey } = project;
      const source = sourceOf(session, options.source);
      const plan = await readAndPlan(tx, project, file, { ...options, source });
      await write(tx, project, plan);
      const lists = file.lists.map(({ name }) => name);
      await tx.run(raiseListCounters(teamId, projectKey, lists));
      await tx.run(raiseTaskCounters(teamId, projectKey, lists));
      await recordExchange(tx, project, { source, direction: 'import' }, plan.bases);
      return reportOf(project, file, plan);
    });
  }

  /** Whose turn it is: imports of one team wait for each other, those of other teams do not. */
  async #queueOf(session: Session, { keyOrId, teamId }: ProjectAddress, isNew: boolean): Promise<string> {
    if (isNew) return teamId ?? session.userId;
    return onlyProject(await this.database.query(session, findProjects(keyOrId, teamId))).teamId;
  }
}

function projectOf({ keyOrId, teamId }: ProjectAddress): NewProject {
  const body = { projectKey: keyOrId, name: keyOrId, ...(teamId === null ? {} : { teamId }) };
  return validated(NewProject, body);
}

function reportOf({ id }: ProjectRow, file: TasksFile, plan: ImportPlan): ImportReport {
  const deletions = plan.deletes.map(({ list, task: { ref, title } }) => ({ list, ref, title }));
  const normalisations = [...file.normalisations, ...plan.normalisations];
  return { ...plan.counts, projectId: id, conflicts: plan.conflicts, deletions, normalisations };
}

async function fileOf(text: string, list: string | null): Promise<TasksFile> {
  const result = await inSlices(parseInSteps(text));
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

type PlanOptions = ImportOptions & { readonly source: string };

async function readAndPlan(
  tx: Tx,
  { id: projectId, teamId, projectKey }: ProjectRow,
  file: TasksFile,
  options: PlanOptions,
): Promise<ImportPlan> {
  const place = [teamId, projectKey] as const;
  const isWhole = options.list === null;
  // Only a complete file shows that a list was removed.
  const names = options.prune && isWhole ? null : file.lists.map(({ name }) => name);
  const bases = basesOf(file.lists, await tx.run(readExchanges(...place, names, options.source)), options.source);
  const storedLists = (await tx.run(readLists(...place))).map(toList);
  const isPruned = (list: string): boolean => options.prune && bases.has(list);
  await tx.run(writeLists(...place, planLists(file.lists, storedLists, { isWhole, isPruned })));
  const stored = (await tx.run(lockTasks(...place, names))).map(storedTask);
  const edges = await readGraph(
    tx,
    teamId,
    stored.map(({ id }) => id),
  );
  const ids = await tx.run(newIds(countNew(file.lists, stored)));
  const tasks = [...file.lists.flatMap((list) => list.tasks), ...stored.map(({ task }) => task)];
  const openStatuses = await tx.run(readOpenStatuses(projectId, [...new Set(tasks.map(({ status }) => status))]));
  const plan = planImport({
    lists: file.lists,
    stored,
    edges,
    bases,
    newIds: ids.map(({ id }) => id),
    prune: options.prune,
    resolution: options.conflicts,
    openStatuses: new Set(openStatuses.map(({ status }) => status)),
  });
  return inSlices(plan);
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

function storedTask(row: TaskRow): StoredTask {
  const { id, list, assigneeId, isDeleted } = row;
  return { id, list, assigneeId, isDeleted, task: toTask(row, []) };
}

async function write(tx: Tx, { teamId, projectKey }: ProjectRow, plan: ImportPlan): Promise<void> {
  const assignees = await assigneesOf(tx, teamId, [...plan.inserts, ...plan.updates]);
  if (plan.inserts.length > MANY_TASKS) await tx.run(forgetPlans);
  const inserts = mapped(plan.inserts, (task) => newRecordOf(task, assigneeOf(task, assignees)));
  for (const batch of batches(inserts)) await tx.run(insertTasks(teamId, projectKey, batch));
  const updates = mapped(plan.updates, (task) => recordOf(task, assigneeOf(task, assignees)));
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

/** One record at a time, when its batch is written. */
function* mapped<T>(tasks: readonly T[], recordFor: (task: T) => TaskRecord): Generator<TaskRecord> {
  for (const task of tasks) yield recordFor(task);
}

function* batches(tasks: Iterable<TaskRecord>): Generator<TaskBatch> {
  let ids: string[] = [];
  let records: string[] = [];
  let bytes = 0;
  for (const task of tasks) {
    const record = JSON.stringify(task);
    ids.push(task.id);
    records.push(record);
    bytes += record.length;
    if (bytes < BATCH_BYTES) continue;
    yield { ids, records };
    [ids, records, bytes] = [[], [], 0];
  }
  if (ids.length > 0) yield { ids, records };
}
