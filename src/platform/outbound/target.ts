import { isIP } from 'node:net';
import { isPublicAddress } from './address.js';

/** What the operator allows. */
export interface OutboundPolicy {
  /** Allows plain HTTP, private addresses and every port, for development and tests. */
  readonly allowPrivate: boolean;
  readonly ports: readonly number[];
}

/** A checked URL. Its text is parsed once and never again. */
export interface Target {
  readonly url: URL;
  /** The host without brackets, as resolvers and sockets take it. */
  readonly host: string;
  /** Whether the host is an address, so that nothing is resolved. */
  readonly isAddress: boolean;
}

/** Why a URL was refused, for the user who wrote it. */
export class RefusedTarget extends Error {
  constructor(readonly why: string) {
    super(why);
    this.name = 'RefusedTarget';
  }
}

const LENGTH_MAX = 2_048;
/** Names that resolve to internal addresses, by standard or by the conventions of clouds and containers. */
const INSIDE = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|home\.arpa|onion)$/;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function parsed(text: string): URL {
  // URL parsers strip or rewrite these characters, so that a reader would see another URL than was checked.
  if (text.length > LENGTH_MAX || /[\s\\\p{Cc}\p{Cf}]/u.test(text)) throw new RefusedTarget('must be a plain URL');
  try {
    return new URL(text);
  } catch {
    throw new RefusedTarget('must be a URL');
  }
}

/** The authority as written: parsing turns 127.1, 0x7f.1 and 2130706433 into 127.0.0.1. */
function writtenHost(text: string): string {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
  return authority.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase();
}

function checkName(host: string): void {
  if (host.endsWith('.')) throw new RefusedTarget('must name its host without a trailing dot');
  const labels = host.split('.');
  if (labels.length < 2 || labels.some((label) => !LABEL.test(label))) {
    throw new RefusedTarget('must name a host of the public Internet');
  }
  if (INSIDE.test(host)) throw new RefusedTarget('must name a host of the public Internet');
}

function checkPublic(text: string, url: URL, { host, isAddress }: Omit<Target, 'url'>, ports: readonly number[]): void {
  if (!ports.includes(portOf(url))) throw new RefusedTarget(`must use port ${ports.join(' or ')}`);
  if (!isAddress) {
    checkName(host);
    return;
  }
  if (isIP(host) === 4 && writtenHost(text) !== host) {
    throw new RefusedTarget('must write an address in its usual form');
  }
  if (!isPublicAddress(host)) throw new RefusedTarget('must name a host of the public Internet');
}

/**
 * Checks a URL. The addresses of its name are checked with every request.
 * @throws RefusedTarget
 */
export function targetOf(text: string, policy: OutboundPolicy): Target {
  const url = parsed(text);
  if (url.protocol !== 'https:' && !(policy.allowPrivate && url.protocol === 'http:')) {
    throw new RefusedTarget('must start with https://');
  }
  if (url.username !== '' || url.password !== '' || /^[a-z]+:\/\/[^/?#]*@/i.test(text)) {
    throw new RefusedTarget('must hold no user or password');
  }
  if (url.hash !== '') throw new RefusedTarget('must have no fragment');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isAddress = isIP(host) !== 0;
  if (!policy.allowPrivate) checkPublic(text, url, { host, isAddress }, policy.ports);
  return { url, host, isAddress };
}
