import type { Command } from 'commander';
import { segment } from '../../platform/cli/api.js';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import type { Context } from '../../platform/cli/output.js';
import { contextOf, table } from '../../platform/cli/output.js';
import { asBlock } from '../../platform/cli/printable.js';
import { quotedValue } from '../../platform/schema/value-list.js';
import { isUuid } from '../../platform/schema/uuid.js';
import { priorityName } from './task.values.js';

interface ListedTask {
  readonly id: string;
  readonly ref: string | null;
  readonly projectKey: string | null;
  readonly list: string | null;
  readonly title: string;
  readonly status: string;
  readonly stage: string | null;
  readonly priority: number;
  readonly assignedTo: string | null;
}

export interface ShownTask extends ListedTask {
  readonly description: string | null;
  readonly details: string | null;
  readonly testStrategy: string | null;
  readonly tags: readonly string[];
  readonly dueDate: string | null;
  readonly version: number;
}

export interface ProjectOptions {
  readonly project?: string;
  readonly tag?: string;
}

export interface FilterOptions {
  readonly status?: string;
  readonly priority?: string;
  readonly query?: string;
  readonly filter?: readonly string[];
}

export interface ListOptions extends ProjectOptions, FilterOptions {
  readonly limit?: string;
}

const FIELDS = 'id,ref,projectKey,list,title,status,stage,priority,assignedTo';
export const PAGE = 100;
/** Pages by offset can be fetched concurrently; a cursor must be followed page by page. */
const SIDE_BY_SIDE = 4;
const OFFSET_MAX = 10_000;

const REF = /^\d+(\.\d+)*$/;

/** The number, with the name that filters and inputs have for it: `8 (high)`. */
export function priorityText(priority: number): string {
  const name = priorityName(priority);
  return name === undefined ? String(priority) : `${priority} (${name})`;
}

export const statusOf = (task: Pick<ListedTask, 'stage' | 'status'>): string => task.stage ?? task.status;

export function rowsOf(tasks: readonly ListedTask[]): string {
  const rows = tasks.map((task) => [
    task.ref ?? task.id,
    task.projectKey ?? '-',
    statusOf(task),
    priorityText(task.priority),
    task.assignedTo ?? '-',
    task.title,
  ]);
  return table(['REF', 'PROJECT', 'STATUS', 'PRIORITY', 'ASSIGNED', 'TITLE'], rows);
}

/** The filters as parameters of a query, by name. */
export function filtersOf({
  status,
  priority,
  query,
  filter = [],
}: FilterOptions): readonly (readonly [string, string])[] {
  const more = filter.map((text) => {
    const [, name, value] = /^(\w+)=([^]*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new CommandFailure(`"${text}" is no filter such as dueBefore=2030-01-01.`, EXIT.usage);
    }
    return [name, value] as const;
  });
  return [
    ...(status === undefined ? [] : [['status', status] as const]),
    ...(priority === undefined ? [] : [['priority', priority] as const]),
    ...(query === undefined ? [] : [['q', query] as const]),
    ...more,
  ];
}

function queryOf(options: ListOptions): URLSearchParams {
  const query = new URLSearchParams({ fields: FIELDS, limit: String(PAGE) });
  if (options.project !== undefined) query.set('sort', 'list,ref');
  if (options.tag !== undefined) query.set('list', quotedValue(options.tag));
  for (const [name, value] of filtersOf(options)) query.append(name, value);
  return query;
}

function pathOf(options: ProjectOptions): string {
  return options.project === undefined ? '/tasks' : `/projects/${segment(options.project)}/tasks`;
}

/** Fetches every page: concurrently as far as offsets reach, then along the cursor. */
async function fetchAll({ api }: Context, path: string, query: URLSearchParams, most: number): Promise<ListedTask[]> {
  const page = (
    offset: number,
  ): Promise<{ data: ListedTask[]; pagination?: { hasMore: boolean; nextCursor: string | null; total?: number } }> => {
    const own = new URLSearchParams(query);
    own.set('offset', String(offset));
    if (offset > 0) own.set('total', 'false');
    return api.call<ListedTask[]>('GET', `${path}?${own.toString()}`);
  };
  const first = await page(0);
  const wanted = Math.min(first.pagination?.total ?? 0, most);
  const tasks = [...first.data];
  let last = first;
  for (let offset = PAGE; offset < wanted && offset <= OFFSET_MAX; offset += PAGE * SIDE_BY_SIDE) {
    const offsets = Array.from({ length: SIDE_BY_SIDE }, (_, index) => offset + index * PAGE).filter(
      (one) => one < wanted && one <= OFFSET_MAX,
    );
    const pages = await Promise.all(offsets.map(page));
    for (const one of pages) tasks.push(...one.data);
    last = pages.at(-1) ?? last;
  }
  while (tasks.length < most && last.pagination?.hasMore && last.pagination.nextCursor !== null) {
    const own = new URLSearchParams(query);
    own.set('cursor', last.pagination.nextCursor);
    last = await api.call<ListedTask[]>('GET', `${path}?${own.toString()}`);
    tasks.push(...last.data);
  }
  return tasks.slice(0, most);
}

export function limitOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new CommandFailure('--limit must be a whole number from 1.', EXIT.usage);
}

async function list(options: ListOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const tasks = await fetchAll(context, pathOf(options), queryOf(options), limitOf(options.limit));
  context.show(tasks, (shown) => (shown.length === 0 ? 'No tasks.' : rowsOf(shown)));
}

/** The number of a task with its place; its id when it has none. */
export function placeOf({ id, projectKey, list, ref }: Pick<ListedTask, 'id' | 'projectKey' | 'list' | 'ref'>): string {
  return ref === null ? id : `${projectKey ?? ''}/${list ?? ''} ${ref}`;
}

export function describeTask(task: ShownTask): string {
  const lines = [
    ['Ref', task.ref === null ? '-' : placeOf(task)],
    ['Id', task.id],
    ['Title', task.title],
    ['Status', statusOf(task)],
    ['Priority', priorityText(task.priority)],
    ['Assigned', task.assignedTo ?? '-'],
    ['Due', task.dueDate ?? '-'],
    ['Tags', task.tags.join(', ') || '-'],
    ['Version', String(task.version)],
  ] as const;
  const texts = [
    ['Description', task.description],
    ['Details', task.details],
    ['Test strategy', task.testStrategy],
  ] as const;
  return [
    ...lines.map(([name, value]) => `${name.padEnd(10)}${value}`),
    ...texts.filter(([, text]) => text).map(([name, text]) => `\n${name}\n${asBlock(text ?? '')}`),
  ].join('\n');
}

/** The path of a task that is given by number or id. */
export function addressOf(task: string, options: ProjectOptions, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(parameters);
  if (isUuid(task)) return `/tasks/${task}?${query.toString()}`;
  if (!REF.test(task)) throw new CommandFailure(`"${task}" is neither a number such as 15.2 nor an id.`, EXIT.usage);
  if (options.project === undefined) throw new CommandFailure('A number needs --project.', EXIT.usage);
  if (options.tag !== undefined) query.set('list', options.tag);
  return `${pathOf(options)}/${task}?${query.toString()}`;
}

/** The id of a task that is given by number or id. */
export async function idOf({ api }: Context, task: string, options: ProjectOptions): Promise<string> {
  const path = addressOf(task, options, { fields: 'id' });
  return isUuid(task) ? task : (await api.call<{ id: string }>('GET', path)).data.id;
}

/** Adds the options that identify a task by its number. */
export function withProject(command: Command): Command {
  return command
    .option('-p, --project <key>', 'project, by key or id')
    .option('-t, --tag <list>', 'list within the project (a tag of tasks.json)');
}

/** Adds the filters of task lists. */
export function withFilters(command: Command): Command {
  return command
    .option('-s, --status <words>', 'only these statuses, separated by commas')
    .option('--priority <priorities>', 'only these priorities: 0 to 10, or low, medium, high, critical')
    .option('-q, --query <text>', 'full-text search')
    .option('-f, --filter <name=value...>', 'any filter of GET /tasks, such as dueBefore=2030-01-01 or tags=api,web');
}

/** `list` and `show`. */
export function addCommands(program: Command): void {
  withFilters(withProject(program.command('list').alias('ls')))
    .description('list tasks')
    .option('-n, --limit <n>', 'maximum number of tasks')
    .action(list);
}
