import type { Command } from 'commander';
import { contextOf } from '../../platform/cli/output.js';
import type { ListOptions } from './tasks.commands.js';
import { PAGE, idOf, limitOf, withProject } from './tasks.commands.js';

const HISTORY_DEFAULT = 20;

interface TaskEvent {
  readonly occurredAt: string;
  readonly event: string;
  readonly user: { readonly name: string | null } | null;
  readonly changes: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
}

const VALUE_MAX = 60;

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ') : JSON.stringify(value);
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX - 1)}…` : text;
}

function describeEvent({ occurredAt, event, user, changes }: TaskEvent): string {
  const lines = changes.map(({ field, before, after }) =>
    event === 'created' ? `  ${field}: ${brief(after)}` : `  ${field}: ${brief(before)} → ${brief(after)}`,
  );
  return [`${occurredAt.slice(0, 19).replace('T', ' ')}  ${event} by ${user?.name ?? 'the service'}`, ...lines].join(
    '\n',
  );
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
