import { CommandFailure, EXIT } from './exit.js';
import type { StoredLogin } from './login-file.js';
import { onOneLine } from './printable.js';

/** The client that the service knows without a registration. */
const CLIENT = 'taskmaster-cli';
const WITHIN_MS = 10_000;

/** The endpoints of a service (RFC 8414). */
export interface Endpoints {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly revocation_endpoint: string;
  readonly device_authorization_endpoint: string;
  readonly scopes_supported: readonly string[];
}

export interface OauthAnswer {
  readonly error?: string;
  readonly error_description?: string;
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly expires_in?: number;
}

async function ask(url: string, init: RequestInit = {}): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS) });
    return { status: response.status, text: await response.text() };
  } catch {
    throw new CommandFailure(`The service at ${new URL(url).origin} cannot be reached.`, EXIT.unavailable);
  }
}

/** @throws CommandFailure where OAuth is off, or where another service answers */
export async function endpointsOf(url: string): Promise<Endpoints> {
  const { status, text } = await ask(`${url}/.well-known/oauth-authorization-server`);
  if (status !== 200) throw new CommandFailure(`The service at ${url} has no OAuth; use an API key.`, EXIT.refused);
  const endpoints = JSON.parse(text) as Endpoints;
  // Tokens go to these URLs: they have to be those of the service that was named.
  if (endpoints.issuer !== url) {
    throw new CommandFailure(`The service calls itself ${onOneLine(endpoints.issuer)}: use --url with it.`, EXIT.usage);
  }
  return endpoints;
}

/** Posts a form as the command line. */
export async function postAsClient<T = OauthAnswer>(url: string, form: Readonly<Record<string, string>>): Promise<T> {
  const body = new URLSearchParams({ client_id: CLIENT, ...form });
  const { status, text } = await ask(url, { method: 'POST', body });
  if (status >= 500) throw new CommandFailure(`The service answered ${status}.`, EXIT.unavailable);
  return (text === '' ? {} : JSON.parse(text)) as T;
}

/** The login in an answer, or null. */
export function loginIn(answer: OauthAnswer): StoredLogin | null {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds = 0 } = answer;
  if (accessToken === undefined || refreshToken === undefined) return null;
  return { accessToken, refreshToken, expiresAt: Date.now() + seconds * 1000 };
}
