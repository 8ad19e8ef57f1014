import type { Command } from 'commander';
import { contextOf, table } from '../../platform/cli/output.js';
import { asBlock } from '../../platform/cli/printable.js';
import type { ProjectOptions, ShownTask } from './tasks.commands.js';
import { addressOf, describeTask, placeOf, priorityText, statusOf, withProject } from './tasks.commands.js';

interface Expanded<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

interface Reference {
  readonly id: string;
  readonly projectKey: string | null;
  readonly list: string | null;
  readonly ref: string | null;
  readonly title: string;
  readonly status: string;
  readonly stage: string | null;
  readonly priority: number;
}

interface Comment {
  readonly userName: string | null;
  readonly content: string;
  readonly edited: boolean;
  readonly createdAt: string;
}

interface ExpandedTask extends ShownTask {
  readonly parent: Reference | null;
  readonly dependencies: Expanded<{ readonly dependsOn: Reference }>;
  readonly dependants: Expanded<{ readonly dependant: Reference }>;
  readonly subtasks: Expanded<Reference>;
  readonly comments: Expanded<Comment>;
}

const EXPAND = 'parent,dependencies,dependants,subtasks,comments';

/** The number of another task. One of another list needs its place as well. */
function numberOf(one: Reference, { projectKey, list }: ShownTask): string {
  return one.projectKey === projectKey && one.list === list ? (one.ref ?? one.id) : placeOf(one);
}

function linesOf(references: readonly Reference[], task: ShownTask): string[] {
  const rows = references.map((one) => [
    `  ${numberOf(one, task)}`,
    statusOf(one),
    priorityText(one.priority),
    one.title,
  ]);
  return table(['', '', '', ''], rows).split('\n').slice(1);
}

function linesOfComment({ userName, content, edited, createdAt }: Comment): string[] {
  const when = createdAt.slice(0, 19).replace('T', ' ');
  const block = asBlock(asBlock(content));
  return [`  ${when}  ${userName ?? 'somebody'}${edited ? ' (edited)' : ''}`, block];
}

/** A section with its heading; nothing when it has no lines. */
function section(heading: string, lines: readonly string[], more = 0): string[] {
  if (lines.length === 0) return [];
  return ['', heading, ...lines, ...(more > 0 ? [`  … and ${more} more`] : [])];
}

function describe(task: ExpandedTask): string {
  const { parent, dependencies, dependants, subtasks, comments } = task;
  const tasks = <Item>(heading: string, list: Expanded<Item>, of: (item: Item) => Reference): string[] =>
    section(heading, linesOf(list.items.map(of), task), list.total - list.items.length);
  return [
    describeTask(task),
    ...section('Subtask of', linesOf(parent ? [parent] : [], task)),
    ...tasks('Depends on', dependencies, ({ dependsOn }) => dependsOn),
    ...tasks('Needed by', dependants, ({ dependant }) => dependant),
    ...tasks('Subtasks', subtasks, (subtask) => subtask),
    ...section('Comments', comments.items.flatMap(linesOfComment), comments.total - comments.items.length),
  ].join('\n');
}

async function show(task: string, options: ProjectOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<ExpandedTask>('GET', addressOf(task, options, { expand: EXPAND }));
  context.show(data, describe);
}

/** `show`. */
export function addCommands(program: Command): void {
  withProject(program.command('show <task>'))
    .description('show a task with its dependencies, subtasks and comments, by number (15.2) or id')
    .action(show);
}
