import type { Config } from '../config/config.js';

/**
 * Where people reach the service. It never comes from a request: with a Host header of their own, strangers would have the
 * token of a password reset mailed in a link to their site.
 */
export function publicUrlOf({ publicUrl, api }: Config): string {
  const host = api.host === '0.0.0.0' || api.host === '::' ? 'localhost' : api.host;
  return publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${api.port}`;
}
