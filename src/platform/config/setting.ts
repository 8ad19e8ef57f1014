import ipaddr from 'ipaddr.js';
import { accessSync, constants } from 'node:fs';

/** An environment variable: its parser, and its text in `.env.example`. */
export interface Setting<T> {
  readonly about: string;
  /** Shown in `.env.example`; secrets have none. */
  readonly example?: string;
  readonly fallback: T;
  readonly secret?: boolean;
  /** Returns the value, or throws an Error whose message completes "NAME …". */
  readonly parse: (text: string) => T;
}

export const integer =
  (min: number, max: number) =>
  (text: string): number => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < min || Number(text) > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return Number(text);
  };

export const integers =
  (min: number, max: number) =>
  (value: string): readonly number[] =>
    value.split(',').map((part) => integer(min, max)(part.trim()));

export const boolean = (text: string): boolean => {
  if (['true', '1', 'yes', 'on'].includes(text.toLowerCase())) return true;
  if (['false', '0', 'no', 'off'].includes(text.toLowerCase())) return false;
  throw new Error('must be true or false');
};

export const oneOf =
  <T extends string>(...values: T[]) =>
  (text: string): T => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return found;
  };

export const text = (value: string): string => value;

/** A file that is there; only its name is kept. */
export const readableFile = (path: string): string => {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch (error) {
    throw new Error(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause: error });
  }
};

export const secretOf =
  (length: number) =>
  (value: string): string => {
    if (value.length < length) throw new Error(`must have at least ${length} characters`);
    return value;
  };

/** TLS to PostgreSQL, as libpq names it. `prefer` and `allow` are missing: they give way to whoever answers without. */
export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

export const postgresUrl = (value: string): string => {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw new Error('must be a postgres:// URL');
  }
  if (!['postgres:', 'postgresql:'].includes(url.protocol)) throw new Error('must be a postgres:// URL');
  if (url.pathname.length < 2) throw new Error('must name a database, as in postgres://host:5432/taskmaster');
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.some((known) => known === mode)) {
    throw new Error(`must have one of ${SSL_MODES.join(', ')} as sslmode`);
  }
  return value;
};

export const redisUrl = (value: string): string => {
  const protocol = URL.canParse(value) ? new URL(value).protocol : '';
  if (!['redis:', 'rediss:'].includes(protocol)) throw new Error('must be a redis:// or rediss:// URL');
  return value;
};

export const list = (value: string): readonly string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Addresses and networks. All addresses together are none: whoever trusts everybody believes every forged header. */
export const networks = (value: string): readonly string[] =>
  list(value).map((part) => {
    if (/\/0+$/.test(part)) throw new Error('must not hold every address: clients could then choose their own');
    if (part.includes('/') ? ipaddr.isValidCIDR(part) : ipaddr.isValid(part)) return part;
    throw new Error('must be a comma list of addresses or networks, such as 127.0.0.1,10.0.0.0/8');
  });

export const hostsAndPorts = (value: string): readonly string[] =>
  list(value).map((part) => {
    const port = /^[^:\s]+:(\d{1,5})$/.exec(part)?.[1] ?? /^\[[0-9a-f:.]+\]:(\d{1,5})$/i.exec(part)?.[1];
    if (port === undefined || Number(port) < 1 || Number(port) > 65535) {
      throw new Error('must be a comma list of host:port');
    }
    return part;
  });

export const origins = (value: string): readonly string[] =>
  list(value).map((part) => {
    if (part === '*') throw new Error('must name each origin; * would open the service to every page');
    try {
      if (new URL(part).origin === part) return part;
    } catch {
      // The error below has the better message.
    }
    throw new Error('must be a comma list of origins such as https://app.example.com');
  });

export const optional = <T>(setting: Omit<Setting<T | undefined>, 'fallback'>): Setting<T | undefined> => ({
  ...setting,
  fallback: undefined,
});
