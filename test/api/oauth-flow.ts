import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { PASSWORD } from './password-user.js';

/** A port that is free now: the address of an issuer is known before it listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The service as an authorization server. Its URL is the issuer. */
export async function startOauthApp(
  env: Record<string, string> = {},
  logTo?: { write(line: string): void },
): Promise<TestApp> {
  const port = String(await freePort());
  return startTestApp({ API_PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, ...env }, logTo);
}

export interface Shown {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly location: string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** A browser: it keeps cookies, and follows redirects within the service. */
export class Browser {
  readonly #cookies = new Map<string, Cookie>();

  constructor(private readonly origin: string) {}

  async signIn(name: string): Promise<this> {
    const { status } = await this.post('/sign-in', { email: `${name}@example.test`, password: PASSWORD });
    if (status !== 303) throw new Error(`sign-in answered ${status}`);
    return this;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Shown> {
    return this.#send(path, { headers });
  }

  post(
    path: string,
    form: Record<string, string> | URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<Shown> {
    return this.#send(path, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { origin: this.origin, ...headers },
    });
  }

  /** Opens a page as a click on a link does. */
  async open(path: string): Promise<Shown & { readonly path: string }> {
    let at = path;
    for (let step = 0; step < 10; step += 1) {
      const shown = await this.get(at);
      if (shown.location === '' || !shown.location.startsWith(this.origin)) return { ...shown, path: at };
      at = shown.location.slice(this.origin.length);
    }
    throw new Error('too many redirects');
  }

  async #send(path: string, init: RequestInit): Promise<Shown> {
    const { pathname } = new URL(path, this.origin);
    const cookie = [...this.#cookies]
      .filter(([, { path: of }]) => pathname === of || pathname.startsWith(of.replace(/\/?$/, '/')))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const headers = new Headers(init.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    headers.set('accept', 'text/html');
    const response = await fetch(`${this.origin}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const to = response.headers.get('location') ?? '';
    const location = to === '' ? '' : new URL(to, this.origin).href;
    return { status: response.status, text: await response.text(), headers: response.headers, location };
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/; */);
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
    const isGone = value === '' || attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one));
    if (isGone) this.#cookies.delete(name);
    else this.#cookies.set(name, { value, path });
  }
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly expires_in: number;
  readonly token_type: string;
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Tokens & { readonly error?: string; readonly error_description?: string };
  readonly headers: Headers;
}

/** Posts a form of OAuth, as `curl -d` does. */
export async function postForm(url: string, form: Record<string, string>): Promise<TokenAnswer> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const text = await response.text();
  const body = (text === '' ? {} : JSON.parse(text)) as TokenAnswer['body'];
  return { status: response.status, body, headers: response.headers };
}

export const REDIRECT = 'http://127.0.0.1:7777/callback';

/** A client and one of its authorization requests. */
export class Flow {
  readonly verifier = randomBytes(32).toString('base64url');
  readonly state = randomBytes(8).toString('base64url');

  constructor(
    readonly app: TestApp,
    readonly browser: Browser,
    readonly clientId: string,
    readonly overrides: Readonly<Record<string, string | undefined>> = {},
  ) {}

  get url(): string {
    const values: Record<string, string | undefined> = {
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: REDIRECT,
      scope: 'tasks:read tasks:write',
      state: this.state,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...this.overrides,
    };
    const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return `/oauth/authorize?${new URLSearchParams(given).toString()}`;
  }

  /** The page that asks the user. */
  ask(): ReturnType<Browser['open']> {
    return this.browser.open(this.url);
  }

  /** Agrees, and returns where the browser is sent with the answer. */
  async allow(scopes = ['tasks:read', 'tasks:write']): Promise<URL> {
    const { path } = await this.ask();
    return this.answer(path, new URLSearchParams(scopes.map((scope): [string, string] => ['scope', scope])));
  }

  async answer(path: string, form: URLSearchParams): Promise<URL> {
    const { location, text } = await this.browser.post(path, form);
    if (location === '') throw new Error(`no answer: ${text}`);
    const { location: back } = await this.browser.get(location.slice(this.app.url.length));
    return new URL(back);
  }

  async code(scopes?: string[]): Promise<string> {
    const back = await this.allow(scopes);
    const code = back.searchParams.get('code');
    if (code === null) throw new Error(`no code: ${back.href}`);
    return code;
  }

  exchange(code: string, overrides: Record<string, string> = {}): Promise<TokenAnswer> {
    return postForm(`${this.app.url}/oauth/token`, {
      grant_type: 'authorization_code',
      client_id: this.clientId,
      redirect_uri: this.overrides['redirect_uri'] ?? REDIRECT,
      code,
      code_verifier: this.verifier,
      ...overrides,
    });
  }

  async tokens(scopes?: string[]): Promise<Tokens> {
    const { status, body } = await this.exchange(await this.code(scopes));
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body;
  }

  refresh(refreshToken: string, overrides: Record<string, string> = {}): Promise<TokenAnswer> {
    return postForm(`${this.app.url}/oauth/token`, {
      grant_type: 'refresh_token',
      client_id: this.clientId,
      refresh_token: refreshToken,
      ...overrides,
    });
  }
}

/** Registers a client that runs on the computer of its user. */
export async function registerClient(app: TestApp, more: Record<string, unknown> = {}): Promise<string> {
  const response = await fetch(`${app.url}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Test client', redirect_uris: [REDIRECT], ...more }),
  });
  const body = (await response.json()) as { client_id: string };
  if (response.status !== 201) throw new Error(JSON.stringify(body));
  return body.client_id;
}
