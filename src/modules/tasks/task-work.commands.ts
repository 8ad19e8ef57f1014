import type { Command } from 'commander';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import type { Context } from '../../platform/cli/output.js';
import { contextOf } from '../../platform/cli/output.js';
import { isUuid } from '../../platform/schema/uuid.js';
import { splitValues } from '../../platform/schema/value-list.js';
import type { FilterOptions, ProjectOptions, ShownTask } from './tasks.commands.js';
import { describeTask, filtersOf, idOf, limitOf, PAGE, withFilters, withProject, rowsOf } from './tasks.commands.js';

interface PlaceOptions extends ProjectOptions, FilterOptions {
  readonly team?: string;
}

interface ClaimOptions extends PlaceOptions {
  readonly lease?: string;
  readonly type?: string;
  readonly label?: readonly string[];
  readonly minPriority?: string;
}

interface NextOptions extends PlaceOptions {
  readonly limit?: string;
  readonly claim?: boolean;
}

interface FenceOptions extends ProjectOptions {
  readonly fence?: string;
  readonly lease?: string;
}

interface ShownLease {
  readonly fence: number;
  readonly expiresAt: string;
}

interface Blockers {
  readonly claimable: boolean;
  readonly reasons: readonly { readonly message: string }[];
  readonly chain: readonly {
    readonly ref: string | null;
    readonly id: string;
    readonly title: string;
    readonly status: string;
    readonly stage: string | null;
    readonly depth: number;
  }[];
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CommandFailure(`--${option} must be a whole number from 1.`, EXIT.usage);
}

function fenceOf({ fence }: FenceOptions): number {
  if (fence === undefined) throw new CommandFailure('--fence is required; claim prints it.', EXIT.usage);
  return wholeNumber('fence', fence);
}

const priorityOf = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

/** The values of a query parameter as JSON: one value, or a list of them. */
function jsonOf(name: string, text: string): unknown {
  if (name === 'q') return text;
  const values = splitValues(text)?.map((one) => (one.text === 'null' && !one.isQuoted ? null : one.text));
  if (!values)
    throw new CommandFailure(`The filter ${name} has a quote that does not enclose a whole value.`, EXIT.usage);
  return values.length === 1 ? values[0] : values;
}

/** Where to look for work. The service takes projects by key there, so that an id is looked up first. */
async function placeIn({ api }: Context, { team, project, tag }: PlaceOptions): Promise<[string, string][]> {
  const named: [string, string | undefined][] = [
    ['teamId', team],
    ['projectKey', project],
    ['list', tag],
  ];
  if (project !== undefined && isUuid(project)) {
    const { data } = await api.call<{ projectKey: string; teamId: string }>('GET', `/projects/${project}`);
    named.splice(0, 2, ['teamId', team ?? data.teamId], ['projectKey', data.projectKey]);
  }
  return named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

/** The members of a body. A name that is given twice would lose one of its values. @throws CommandFailure */
function bodyOf(members: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const names = members.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CommandFailure(`${twice} is given more than once.`, EXIT.usage);
  return Object.fromEntries(members);
}

async function claim(options: ClaimOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { lease, type, label, minPriority } = options;
  const own: [string, unknown][] = [
    ['leaseSeconds', lease === undefined ? undefined : wholeNumber('lease', lease)],
    ['type', type],
    ['tags', label],
    ['priorityMin', minPriority === undefined ? undefined : priorityOf(minPriority)],
  ];
  const filters = filtersOf(options).map(([name, value]) => [name, jsonOf(name, value)] as const);
  const given = own.filter(([, value]) => value !== undefined);
  const body = bodyOf([...(await placeIn(context, options)), ...given, ...filters]);
  const { data } = await context.api.call<{ task: ShownTask; lease: ShownLease } | undefined>('POST', '/tasks/claim', {
    body,
  });
  context.show(data ?? null, (shown) => {
    if (shown === null) return 'Nothing is ready.';
    const { fence, expiresAt } = shown.lease;
    return `${describeTask(shown.task)}\n\nClaimed under fence ${fence} until ${expiresAt}; heartbeat keeps it, release gives it back.`;
  });
}

async function next(options: NextOptions, command: Command): Promise<void> {
  if (options.claim) {
    if (options.limit !== undefined) throw new CommandFailure('--claim takes one task: omit --limit.', EXIT.usage);
    return claim(options, command);
  }
  const context = contextOf(command);
  const query = new URLSearchParams();
  for (const [name, value] of await placeIn(context, options)) query.append(name, value);
  if (options.limit !== undefined) query.set('limit', String(Math.min(limitOf(options.limit), PAGE)));
  for (const [name, value] of filtersOf(options)) query.append(name, value);
  const { data } = await context.api.call<ShownTask[]>('GET', `/tasks/next?${query.toString()}`);
  context.show<ShownTask | null | readonly ShownTask[]>(
    options.limit === undefined ? (data[0] ?? null) : data,
    (shown) => {
      const tasks = [shown ?? []].flat();
      const [only] = tasks;
      if (!only) return 'Nothing is ready.';
      return tasks.length === 1 ? describeTask(only) : rowsOf(tasks);
    },
  );
}

async function heartbeat(task: string, options: FenceOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const body = {
    fence: fenceOf(options),
    ...(options.lease === undefined ? {} : { leaseSeconds: wholeNumber('lease', options.lease) }),
  };
  const id = await idOf(context, task, options);
  const { data } = await context.api.call<{ lease: ShownLease }>('POST', `/tasks/${id}/heartbeat`, { body });
  context.show(data, (shown) => `Claimed until ${shown.lease.expiresAt}.`);
}

async function release(task: string, options: FenceOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const body = { fence: fenceOf(options) };
  const id = await idOf(context, task, options);
  const { data } = await context.api.call<ShownTask>('POST', `/tasks/${id}/release`, { body });
  context.show(data, () => 'Given back.');
}

async function complete(task: string, options: FenceOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const body = options.fence === undefined ? {} : { fence: fenceOf(options) };
  const id = await idOf(context, task, options);
  const { data } = await context.api.call<ShownTask>('POST', `/tasks/${id}/complete`, { body });
  context.show(data, (shown) => `${shown.ref ?? shown.id} is completed.`);
}

function describeBlockers({ claimable, reasons, chain }: Blockers): string {
  if (claimable) return 'Nothing holds it up.';
  const waits = chain.map(
    ({ depth, ref, id, title, status, stage }) => `${'  '.repeat(depth)}${ref ?? id}  ${stage ?? status}  ${title}`,
  );
  return [...reasons.map(({ message }) => message), ...waits].join('\n');
}

async function blockers(task: string, options: ProjectOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<Blockers>('GET', `/tasks/${await idOf(context, task, options)}/blockers`);
  context.show(data, (shown) => describeBlockers(shown));
}

async function depend(
  task: string,
  options: ProjectOptions & { readonly on: string },
  command: Command,
): Promise<void> {
  const context = contextOf(command);
  const id = await idOf(context, task, options);
  const body = { dependsOn: await idOf(context, options.on, options) };
  const { data } = await context.api.call('POST', `/tasks/${id}/dependencies`, { body });
  context.show(data, () => `${task} depends on ${options.on}.`);
}

async function undepend(
  task: string,
  options: ProjectOptions & { readonly on: string },
  command: Command,
): Promise<void> {
  const context = contextOf(command);
  const id = await idOf(context, task, options);
  await context.api.call('DELETE', `/tasks/${id}/dependencies/${await idOf(context, options.on, options)}`);
  context.show(null, () => `${task} no longer depends on ${options.on}.`);
}

async function comment(task: string, content: string, options: ProjectOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const id = await idOf(context, task, options);
  const { data } = await context.api.call('POST', `/tasks/${id}/comments`, { body: { content } });
  context.show(data, () => 'Commented.');
}

/** Adds the options that say which work to look for, and where. */
function withWork(command: Command): Command {
  return withFilters(withProject(command)).option(
    '--team <id>',
    'team to look in (default: the project of the key, else your default team)',
  );
}

/** The commands for working on tasks, from `next` and `claim` on. */
export function addCommands(program: Command): void {
  withWork(program.command('next'))
    .description('show the task to do next')
    .option('-n, --limit <n>', 'number of tasks to show, best first')
    .option('--claim', 'also claim it, as the command claim does')
    .action(next);
  withWork(program.command('claim'))
    .description('claim the best ready task under a lease')
    .option('--lease <seconds>', 'how long the claim lasts without a heartbeat (300)')
    .option('--type <type>', 'only this type of work')
    .option('--label <labels...>', 'only with all of these labels')
    .option(
      '--min-priority <priority>',
      'only of this priority or a higher one: 0 to 10, or low, medium, high, critical',
    )
    .action(claim);
  withProject(program.command('heartbeat <task>'))
    .description('extend the lease of a claimed task')
    .option('--fence <n>', 'fence of the claim')
    .option('--lease <seconds>', 'new duration of the lease')
    .action(heartbeat);
  withProject(program.command('release <task>'))
    .description('release a claimed task')
    .option('--fence <n>', 'fence of the claim')
    .action(release);
  withProject(program.command('complete <task>').alias('done'))
    .description('complete a task')
    .option('--fence <n>', 'only if this claim is still valid')
    .action(complete);
  withProject(program.command('blockers <task>')).description('explain why a task is not ready').action(blockers);
  withProject(program.command('depend <task>'))
    .description('make a task depend on another one')
    .requiredOption('--on <task>', 'the other one, by number or id')
    .action(depend);
  withProject(program.command('undepend <task>'))
    .description('remove a dependency')
    .requiredOption('--on <task>', 'the other one, by number or id')
    .action(undepend);
  withProject(program.command('comment <task> <text>')).description('comment on a task').action(comment);
}
