import type { Command } from 'commander';
import type { Api } from '../../platform/cli/api.js';
import { segment } from '../../platform/cli/api.js';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import { contextOf, table } from '../../platform/cli/output.js';
import { isUuid } from '../../platform/schema/uuid.js';

interface IdentityRow {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  readonly createdAt: string;
}

/** The id of a user who is named by id, e-mail address or user name. */
async function userIdOf(api: Api, user: string): Promise<string> {
  if (isUuid(user)) return user;
  const field = user.includes('@') ? 'email' : 'username';
  const { data } = await api.call<{ id: string }[]>('GET', `/users?${field}=${segment(user)}`);
  const [found] = data;
  if (!found) throw new CommandFailure(`You see no user "${user}".`, EXIT.refused);
  return found.id;
}

async function list(user: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const id = await userIdOf(context.api, user);
  const { data } = await context.api.call<IdentityRow[]>('GET', `/users/${id}/identities?limit=100`);
  context.show(data, (shown) => {
    const rows = shown.map((one) => [one.id, one.issuer, one.subject, one.email ?? '-', one.createdAt]);
    return rows.length === 0 ? 'No identities.' : table(['ID', 'ISSUER', 'SUBJECT', 'E-MAIL', 'LINKED'], rows);
  });
}

async function link(user: string, subject: string, options: { issuer?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const id = await userIdOf(context.api, user);
  const body = { subject, ...(options.issuer === undefined ? {} : { issuer: options.issuer }) };
  const { data } = await context.api.call<IdentityRow>('POST', `/users/${id}/identities`, { body });
  context.show(data, (shown) => `Linked ${shown.subject} of ${shown.issuer}, id ${shown.id}.`);
}

async function remove(user: string, identity: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const id = await userIdOf(context.api, user);
  await context.api.call('DELETE', `/users/${id}/identities/${segment(identity)}`);
  context.show({ id: identity, removed: true }, () => 'Removed: the sessions that it started have ended.');
}

/** `identities`. */
export function addCommands(program: Command): void {
  const identities = program
    .command('identities')
    .description('by which subjects other issuers, such as Cloudflare Access, know a user (id, e-mail or user name)');
  identities.command('list <user>').description('list the identities of a user').action(list);
  identities
    .command('link <user> <subject>')
    .description('link a subject, such as service-token:CLIENT_ID.access, with a user (admins)')
    .option('--issuer <url>', 'its issuer (default: the configured team of Cloudflare Access)')
    .action(link);
  identities.command('remove <user> <identity-id>').description('remove an identity (admins)').action(remove);
}
