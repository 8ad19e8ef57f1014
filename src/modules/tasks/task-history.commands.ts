import type { Command } from 'commander';
import { contextOf } from '../../platform/cli/output.js';
import type { ListOptions } from './tasks.commands.js';
import { PAGE, idOf, limitOf, placeOf, withProject } from './tasks.commands.js';

const HISTORY_DEFAULT = 20;

interface TaskEvent {
  readonly occurredAt: string;
  readonly event: string;
  readonly user: { readonly name: string | null } | null;
  readonly dependsOn: {
    readonly id: string;
    readonly projectKey: string | null;
    readonly list: string | null;
    readonly ref: string | null;
    readonly title: string | null;
  } | null;
  readonly comment: { readonly content: string | null } | null;
  readonly changes: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
}

const VALUE_MAX = 60;

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ') : JSON.stringify(value);
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX - 1)}…` : text;
}

/** The other task of a dependency. Its place is shown, because the history does not say where the task itself is. */
function otherTask(task: NonNullable<TaskEvent['dependsOn']>): string {
  return task.title === null ? task.id : `${placeOf(task)}  ${brief(task.title)}`;
}

function linesOf({ event, dependsOn, comment, changes }: TaskEvent): string[] {
  if (dependsOn) return [otherTask(dependsOn)];
  if (comment) return comment.content === null ? [] : [brief(comment.content)];
  return changes.map(({ field, before, after }) =>
    event === 'created' ? `${field}: ${brief(after)}` : `${field}: ${brief(before)} → ${brief(after)}`,
  );
}

function describeEvent(shown: TaskEvent): string {
  const when = shown.occurredAt.slice(0, 19).replace('T', ' ');
  const head = `${when}  ${shown.event.replace('_', ' ')} by ${shown.user?.name ?? 'the service'}`;
  return [head, ...linesOf(shown).map((line) => `  ${line}`)].join('\n');
}

async function history(task: string, options: ListOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const most = options.limit === undefined ? HISTORY_DEFAULT : limitOf(options.limit);
  const id = await idOf(context, task, options);
  const events: TaskEvent[] = [];
  for (let cursor: string | null = ''; cursor !== null && events.length < most;) {
    const limit = Math.min(PAGE, most - events.length);
    const page: { data: TaskEvent[]; pagination?: { nextCursor: string | null } } = await context.api.call<TaskEvent[]>(
      'GET',
      `/tasks/${id}/history?limit=${limit}&cursor=${cursor}`,
    );
    events.push(...page.data);
    cursor = page.pagination?.nextCursor ?? null;
  }
  context.show(events, (shown) => (shown.length === 0 ? 'No history.' : shown.map(describeEvent).join('\n\n')));
}

/** `history`. */
export function addCommands(program: Command): void {
  withProject(program.command('history <task>'))
    .description('show the history of a task, newest first')
    .option('-n, --limit <n>', `maximum number of changes (default ${HISTORY_DEFAULT})`)
    .action(history);
}
