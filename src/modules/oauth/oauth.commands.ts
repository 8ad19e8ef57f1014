import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailure, EXIT } from '../../platform/cli/exit.js';
import { LoginFile } from '../../platform/cli/login-file.js';
import type { Endpoints, OauthAnswer } from '../../platform/cli/oauth-client.js';
import { endpointsOf, loginIn, postAsClient } from '../../platform/cli/oauth-client.js';
import { contextOf } from '../../platform/cli/output.js';
import { onLines, onOneLine } from '../../platform/cli/printable.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** Seconds between two questions where the service names none (RFC 8628, 3.2). */
const INTERVAL = 5;

interface Started extends OauthAnswer {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval?: number;
}

/** Waits until the user has answered in the browser. @throws CommandFailure when they refuse, or take too long */
async function awaitAnswer({ token_endpoint: endpoint }: Endpoints, started: Started): Promise<OauthAnswer> {
  const end = Date.now() + started.expires_in * 1000;
  let interval = started.interval ?? INTERVAL;
  while (Date.now() < end) {
    await delay(interval * 1000);
    const answer = await postAsClient(endpoint, { grant_type: DEVICE_GRANT, device_code: started.device_code });
    if (answer.error === 'slow_down') interval += INTERVAL;
    else if (answer.error !== 'authorization_pending') return answer;
  }
  return { error: 'expired_token', error_description: 'Nobody answered in time.' };
}

async function login({ scopes }: { scopes?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const { config, terminal } = context;
  const endpoints = await endpointsOf(config.url);
  const asked = scopes?.split(',') ?? endpoints.scopes_supported.filter((scope) => scope !== '*');
  const form = { scope: asked.join(' ') };
  const started = await postAsClient<Started>(endpoints.device_authorization_endpoint, form);
  if (started.error !== undefined) throw refused(started);
  const where = `Open ${started.verification_uri_complete}\nand compare the code: ${started.user_code}`;
  // Not on standard output: with --json, programs read that.
  terminal.stderr.write(`${onLines(where)}\n`);
  const answer = await awaitAnswer(endpoints, started);
  const found = loginIn(answer);
  if (!found) throw refused(answer);
  const file = new LoginFile(terminal.env);
  await file.locked(() => file.write(config.url, found));
  context.show({ url: config.url, signedIn: true }, (shown) => `Signed in at ${shown.url}.`);
}

function refused({ error = 'refused', error_description: detail }: OauthAnswer): CommandFailure {
  return new CommandFailure(`Not signed in: ${onOneLine(detail ?? error)}`, EXIT.refused);
}

async function logout(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const { config, terminal } = context;
  const file = new LoginFile(terminal.env);
  const found = await file.read(config.url);
  if (found) {
    const { revocation_endpoint: endpoint } = await endpointsOf(config.url);
    await postAsClient(endpoint, { token: found.refreshToken });
    await file.locked(() => file.write(config.url, null));
  }
  context.show({ url: config.url, signedIn: false }, (shown) => `Signed out at ${shown.url}.`);
}

/** `login` and `logout`. */
export function addCommands(program: Command): void {
  program
    .command('login')
    .description('sign in with a browser; commands then need no API key')
    .option('--scopes <list>', 'permissions to ask for, such as tasks:read,tasks:write (default: all of yours but *)')
    .action(login);
  program.command('logout').description('end the login of this computer').action(logout);
}
