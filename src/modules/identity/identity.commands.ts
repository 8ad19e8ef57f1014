import type { Command } from 'commander';
import { segment } from '../../platform/cli/api.js';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import { contextOf, table } from '../../platform/cli/output.js';

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

interface NewKey extends KeyRow {
  readonly key: string;
}

interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly isActive: boolean;
}

const PAGE = '?limit=100';

function keyRows(keys: readonly KeyRow[]): string {
  const state = (key: KeyRow): string => (key.revokedAt === null ? (key.expiresAt ?? 'never expires') : 'revoked');
  const rows = keys.map((key) => [
    key.id,
    `${key.prefix}…`,
    key.name,
    key.scopes?.join(' ') ?? 'all',
    state(key),
    key.lastUsedAt ?? 'never',
  ]);
  return table(['ID', 'KEY', 'NAME', 'SCOPES', 'EXPIRES', 'LAST USED'], rows);
}

const newKeyText = (key: NewKey): string => `${key.key}\nShown once: it is stored only as a hash. Id ${key.id}.`;

async function listKeys(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<KeyRow[]>('GET', `/api-keys${PAGE}`);
  context.show(data, (shown) => (shown.length === 0 ? 'No keys.' : keyRows(shown)));
}

async function createKey(
  name: string,
  options: { scopes?: string; expires?: string; project?: string; team?: string },
  command: Command,
): Promise<void> {
  const context = contextOf(command);
  const body = {
    name,
    ...(options.scopes === undefined ? {} : { scopes: options.scopes.split(',') }),
    ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
    ...(options.project === undefined ? {} : { projectKey: options.project }),
    ...(options.team === undefined ? {} : { teamId: options.team }),
  };
  const { data } = await context.api.call<NewKey>('POST', '/api-keys', { body });
  context.show(data, (shown) => newKeyText(shown));
}

function overlapOf(text: string | undefined): Record<string, number> {
  if (text === undefined) return {};
  if (/^\d{1,7}$/.test(text)) return { overlapSeconds: Number(text) };
  throw new CommandFailure('--overlap must be a number of seconds.', EXIT.usage);
}

async function rotateKey(id: string, options: { overlap?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<NewKey>('POST', `/api-keys/${segment(id)}/rotate`, {
    body: overlapOf(options.overlap),
  });
  context.show(data, (shown) => newKeyText(shown));
}

async function revokeKey(id: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  await context.api.call('DELETE', `/api-keys/${segment(id)}`);
  context.show({ id, revoked: true }, () => 'Revoked: it is refused from the next request on.');
}

async function listUsers(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const { data } = await context.api.call<UserRow[]>('GET', `/users${PAGE}`);
  const rows = (): string[][] =>
    data.map((user) => [
      user.username,
      user.email,
      user.name,
      user.role,
      user.isActive ? 'active' : 'inactive',
      user.id,
    ]);
  context.show(data, () => table(['USERNAME', 'E-MAIL', 'NAME', 'ROLE', 'STATE', 'ID'], rows()));
}

interface NewUserOptions {
  readonly name?: string;
  readonly username?: string;
  readonly role: string;
}

async function createUser(email: string, options: NewUserOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const username = options.username ?? email.split('@')[0] ?? email;
  const body = { email, username, name: options.name ?? username, role: options.role };
  const { data } = await context.api.call<UserRow>('POST', '/users', { body });
  context.show(data, (shown) => `Created ${shown.username} (${shown.role}), id ${shown.id}.`);
}

/** `keys` and `users`. */
export function addCommands(program: Command): void {
  const keys = program.command('keys').description('API keys of the user whose key is configured');
  keys.command('list').description('list the keys').action(listKeys);
  keys
    .command('create <name>')
    .description('create a key; it is shown only once')
    .option('--scopes <list>', 'restrict the key, for example to tasks:read,tasks:write')
    .option('--expires <time>', 'expiry as an ISO 8601 time')
    .option('--project <key>', 'project that the key means when a command names none')
    .option('--team <id>', 'team of that project, if several of yours have it')
    .action(createKey);
  keys
    .command('rotate <id>')
    .description('replace a key; the old one stays valid for a while')
    .option('--overlap <seconds>', 'how long the old key stays valid')
    .action(rotateKey);
  keys.command('revoke <id>').description('revoke a key immediately').action(revokeKey);
  const users = program.command('users').description('users (only admins create them)');
  users.command('list').description('list the users that you may see').action(listUsers);
  users
    .command('create <email>')
    .description('create a user')
    .option('--name <name>', 'full name')
    .option('--username <word>', 'user name (default: the part before the @)')
    .option('--role <role>', 'admin, developer, viewer or api_client', 'developer')
    .action(createUser);
}
