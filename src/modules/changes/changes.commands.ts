import type { Command } from 'commander';
import type { Context } from '../../platform/cli/output.js';
import { contextOf } from '../../platform/cli/output.js';

const PAGE = 100;
const DEFAULT = 20;
/** Less than the request timeout of the client. */
const WAIT_SECONDS = 25;

interface Options {
  readonly since?: string;
  readonly types?: string;
  readonly project?: string;
  readonly task?: string;
  readonly limit?: string;
  readonly follow?: boolean;
}

interface ShownEvent {
  readonly time: string;
  readonly type: string;
  readonly subject: string;
  readonly data: { readonly title?: string; readonly name?: string; readonly changes?: Record<string, unknown> };
}

interface Page {
  readonly data: readonly ShownEvent[];
  readonly next: string;
}

function line({ time, type, subject, data }: ShownEvent): string {
  const what = data.title ?? data.name ?? '';
  const changed = Object.keys(data.changes ?? {}).join(', ');
  const moment = time.slice(0, 19).replace('T', ' ');
  return `${moment}  ${type}  ${subject}  ${what}${changed === '' ? '' : ` (${changed})`}`.trimEnd();
}

async function pageOf({ api }: Context, since: string, limit: number, options: Options, wait: number): Promise<Page> {
  const query = new URLSearchParams({ since, limit: String(limit), wait: String(wait) });
  if (options.types !== undefined) query.set('types', options.types);
  if (options.project !== undefined) query.set('projectKey', options.project);
  if (options.task !== undefined) query.set('taskId', options.task);
  const answer = await api.call<ShownEvent[]>('GET', `/changes?${query.toString()}`);
  return { data: answer.data, next: answer.pagination?.nextCursor ?? since };
}

async function changes(options: Options, command: Command): Promise<void> {
  const context = contextOf(command);
  const limit = Math.min(PAGE, Number(options.limit ?? DEFAULT));
  if (!options.follow) {
    const { data } = await pageOf(context, options.since ?? '', limit, options, 0);
    context.show(data, (shown) => (shown.length === 0 ? 'No changes.' : shown.map(line).join('\n')));
    return;
  }
  // Prints one event per line, so that another program can read the events as they arrive.
  for (let since = options.since ?? 'now'; ;) {
    const { data, next } = await pageOf(context, since, PAGE, options, WAIT_SECONDS);
    for (const event of data) context.showLine(event, line);
    since = next;
  }
}

/** `changes`. */
export function addCommands(program: Command): void {
  program
    .command('changes')
    .description('show what happened, in order')
    .option(
      '--since <cursor>',
      'a cursor, a time (ISO 8601) or "now" (default: the oldest event, or now with --follow)',
    )
    .option('--types <types>', 'types separated by commas, such as task.created or task.*')
    .option('-p, --project <key>', 'only events of this project')
    .option('--task <id>', 'only events of this task')
    .option('-n, --limit <n>', `maximum number of events (default ${DEFAULT})`)
    .option('-f, --follow', 'keep printing new events until interrupted')
    .action(changes);
}
