import type { Command } from 'commander';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import type { WatchedEvent } from '../../platform/cli/live.js';
import { LiveWatch } from '../../platform/cli/live.js';
import { contextOf } from '../../platform/cli/output.js';

interface WatchOptions {
  readonly project?: string;
  readonly task?: string;
  readonly types?: string;
  readonly since?: string;
  readonly limit?: string;
}

const TIME = 19;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Formats an event as one line: time, type, number, and the title, name or text of its subject. */
function lineOf({ time, type, subject, projectkey, data = {} }: WatchedEvent): string {
  const where = [projectkey, data['ref']].filter(isText).join(' ');
  const words = [data['title'], data['name'], data['message'], data['content'], subject].find(isText) ?? '';
  const when = time.slice(0, TIME).replace('T', ' ');
  return [when, type, where, words.split('\n', 1)[0]].filter(isText).join('  ');
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CommandFailure('--limit must be a whole number above 0', EXIT.usage);
}

async function watch(options: WatchOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { project, task, types, since = null } = options;
  let left = limitOf(options.limit);
  const watching = new LiveWatch(context.config, context.credential, {
    filter: {
      ...(project === undefined ? {} : { projectKey: project }),
      ...(task === undefined ? {} : { taskId: task }),
      ...(types === undefined ? {} : { types: types.split(',') }),
    },
    since,
    onEvent: (event) => {
      context.showLine(event, lineOf);
      left -= 1;
      return left > 0;
    },
  });
  await watching.run();
}

export function addCommands(program: Command): void {
  program
    .command('watch')
    .description('show events as they happen; continues without a gap after a lost connection')
    .option('--project <key>', 'only this project')
    .option('--task <id>', 'only this task')
    .option('--types <list>', 'only these types, separated by commas, such as task.created,comment.*')
    .option('--since <cursor>', 'start after this cursor (of an event, or of "changes")')
    .option('--limit <n>', 'stop after this many events')
    .action(watch);
}
