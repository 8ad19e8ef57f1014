import type { Command } from 'commander';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import { contextOf, table } from '../../platform/cli/output.js';
import { isUuid } from '../../platform/schema/uuid.js';

interface ShownWebhook {
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly string[];
  readonly projectKey: string | null;
  readonly isEnabled: boolean;
  readonly disabledReason: string | null;
  readonly failureCount: number;
  readonly secret?: string | null;
}

interface ShownDelivery {
  readonly id: string;
  readonly eventType: string;
  readonly status: string;
  readonly attemptCount: number;
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly createdAt: string;
}

interface AddOptions {
  readonly team?: string;
  readonly project?: string;
  readonly events?: string;
  readonly description?: string;
}

interface ReplayOptions {
  readonly since: string;
  readonly all?: boolean;
}

const TIME = /^\d{4}-\d\d-\d\d/;

function pathOf(id: string, action = ''): string {
  if (!isUuid(id)) throw new CommandFailure(`"${id}" is not an id.`, EXIT.usage);
  return `/webhooks/${id}${action}`;
}

const state = ({ isEnabled, disabledReason, failureCount }: ShownWebhook): string => {
  if (!isEnabled) return `disabled (${disabledReason ?? 'user'})`;
  return failureCount === 0 ? 'works' : `failing (${failureCount})`;
};

const secretOf = ({ secret }: ShownWebhook): string =>
  secret === undefined || secret === null ? '' : `\nSecret: ${secret}\nIt is not shown again.`;

async function list(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<ShownWebhook[]>('GET', '/webhooks?limit=100');
  const rows = data.map((hook) => [hook.id, state(hook), hook.eventTypes.join(','), hook.projectKey ?? '-', hook.url]);
  const head = ['ID', 'STATE', 'EVENTS', 'PROJECT', 'URL'];
  context.show(data, (shown) => (shown.length === 0 ? 'No webhooks.' : table(head, rows)));
}

async function add(url: string, options: AddOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<ShownWebhook>('POST', '/webhooks', {
    body: {
      url,
      ...(options.team === undefined ? {} : { teamId: options.team }),
      ...(options.project === undefined ? {} : { projectKey: options.project }),
      ...(options.events === undefined ? {} : { eventTypes: options.events.split(',') }),
      ...(options.description === undefined ? {} : { description: options.description }),
    },
  });
  context.show(data, (shown) => `Made ${shown.id}${secretOf(shown)}`);
}

async function rotate(id: string, options: { overlap?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const body = options.overlap === undefined ? {} : { overlapSeconds: Number(options.overlap) };
  const { data } = await context.api.call<ShownWebhook>('POST', pathOf(id, '/rotate'), { body });
  context.show(data, (shown) => `Rotated ${shown.id}${secretOf(shown)}`);
}

const enable =
  (isEnabled: boolean) =>
  async (id: string, _options: unknown, command: Command): Promise<void> => {
    const context = contextOf(command);
    const { data } = await context.api.call<ShownWebhook>('PATCH', pathOf(id), { body: { isEnabled } });
    context.show(data, (shown) => `${shown.id} ${state(shown)}`);
  };

async function remove(id: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  await context.api.call('DELETE', pathOf(id));
  context.show({ id }, () => `Deleted ${id}`);
}

async function test(id: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<ShownDelivery>('POST', pathOf(id, '/test'));
  context.show(data, () => `Sent a test; what came of it: taskmaster webhooks deliveries ${id}`);
}

async function deliveries(id: string, options: { status?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const query = options.status === undefined ? '' : `&status=${encodeURIComponent(options.status)}`;
  const { data } = await context.api.call<ShownDelivery[]>('GET', `${pathOf(id, '/deliveries')}?limit=50${query}`);
  const rows = data.map((one) => [
    one.id,
    one.createdAt.slice(0, 19).replace('T', ' '),
    one.eventType,
    one.status,
    String(one.attemptCount),
    one.responseStatus === null ? (one.error ?? '-') : String(one.responseStatus),
  ]);
  const head = ['ID', 'MADE (UTC)', 'EVENT', 'STATUS', 'ATTEMPTS', 'LAST'];
  context.show(data, (shown) => (shown.length === 0 ? 'No deliveries.' : table(head, rows)));
}

async function replay(id: string, options: ReplayOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const since = TIME.test(options.since) ? { sinceTime: options.since } : { since: options.since };
  const body = { ...since, deliveries: options.all ? 'all' : 'missing' };
  const answer = await context.api.call<{ queued: number; hasMore: boolean; nextCursor: string }>(
    'POST',
    pathOf(id, '/replay'),
    { body },
  );
  const { data } = answer;
  const more = data.hasMore ? `\nThere is more: --since ${data.nextCursor}` : '';
  context.show(data, (shown) => `${shown.queued} deliveries are sent again.${more}`);
}

/** `webhooks list`, `add`, `test`, `deliveries`, `replay`, `rotate`, `enable`, `disable` and `delete`. */
export function addCommands(program: Command): void {
  const webhooks = program.command('webhooks').description('receivers of the events of a team');
  webhooks.command('list').alias('ls').description('list webhooks').action(list);
  webhooks
    .command('add <url>')
    .description('create a webhook; its secret is shown only once')
    .option('-t, --team <id>', 'the team (default: your default team)')
    .option('-p, --project <key>', 'only events of this project')
    .option('-e, --events <types>', 'only these types, separated by commas, such as task.*,validation.created')
    .option('-d, --description <text>', 'purpose of the webhook')
    .action(add);
  webhooks.command('test <id>').description('send a test event').action(test);
  webhooks
    .command('deliveries <id>')
    .description('list deliveries, newest first')
    .option('-s, --status <words>', 'only these statuses: pending, delivered, dead')
    .action(deliveries);
  webhooks
    .command('replay <id>')
    .description('send missing events again, from a time or cursor on')
    .requiredOption('--since <when>', 'a time such as 2026-11-21T10:00:00Z, or the cursor of an event')
    .option('--all', 'also those that were delivered')
    .action(replay);
  webhooks
    .command('rotate <id>')
    .description('give a webhook a new secret; it is shown once')
    .option('--overlap <seconds>', 'how long the old secret also signs')
    .action(rotate);
  webhooks.command('enable <id>').description('start sending events again').action(enable(true));
  webhooks.command('disable <id>').description('stop sending events').action(enable(false));
  webhooks.command('delete <id>').description('delete a webhook and its log').action(remove);
  for (const command of webhooks.commands) command.exitOverride();
}
