import { isIPv4, isIPv6 } from 'node:net';

/** One kind of personal data or secret: its pattern and its placeholder. */
interface ScrubRule {
  readonly what: string;
  /** Bounded, or anchored at the start of a token, so that its time grows only linearly with the text. */
  readonly pattern: RegExp;
  readonly replacement: string;
  /** An additional check of each match. */
  readonly applies?: (found: string) => boolean;
}

/**
 * The patterns that are removed from every text of an error before it is stored. The order matters: wider forms come
 * first, so that no part of one remains beside the placeholder of another.
 */
export const scrubRules: readonly ScrubRule[] = [
  {
    what: 'private keys',
    pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
    replacement: '[private key]',
  },
  {
    what: 'cookies',
    pattern: /\b((?:set-)?cookie["']?\s{0,4}[:=]\s{0,4})[^\r\n]+/gi,
    replacement: '$1[cookie]',
  },
  {
    what: 'authorization headers',
    pattern: /\b((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4})[^\r\n,;}]+/gi,
    replacement: '$1[credential]',
  },
  {
    what: 'bearer and basic credentials',
    pattern: /\b(?:bearer\s{1,4}(?!\[)[\w.~+/=-]{6,}|basic\s{1,4}[A-Za-z0-9+/]{16,}={0,2})/gi,
    replacement: '[credential]',
  },
  {
    what: 'JSON web tokens',
    pattern: /(?<![\w-])eyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)?/g,
    replacement: '[jwt]',
  },
  {
    what: 'user and password in URLs',
    pattern: /(?<=:\/\/)[^/\s:@]{0,200}:[^/\s@]{1,200}(?=@)/g,
    replacement: '[credential]',
  },
  {
    what: 'API keys of known services',
    pattern:
      /(?<![\w-])(?:tm[kr]_|(?:sk|pk|rk)[_-](?:live|test|proj|ant)?[_-]?|gh[opsur]_|github_pat_|glpat-|npm_|hf_|xox[abeoprs]-|SG\.|AIza|AKIA|ASIA|ya29\.)[\w.-]{12,}/g,
    replacement: '[api key]',
  },
  {
    what: 'values of secret names',
    pattern:
      /\b((?:\w{0,40}[_-])?(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|session[_-]?id)["']?\s{0,4}[:=]\s{0,4})(?!["']?\[[a-z ]{2,12}\])("[^"\r\n]*"?|'[^'\r\n]*'?|[^\s,;&)}\]"']+)/gi,
    replacement: '$1[secret]',
  },
  {
    what: 'e-mail addresses',
    pattern: /[^\s@<>()[\],;:"'\\/=?&]{1,64}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}/gu,
    replacement: '[email]',
  },
  {
    what: 'card numbers',
    pattern: /(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])/g,
    replacement: '[card]',
    applies: passesLuhn,
  },
  {
    what: 'IPv4 addresses',
    pattern: /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g,
    replacement: '[ip]',
    applies: isIPv4,
  },
  {
    what: 'IPv6 addresses',
    pattern: /(?<![\w:.])[0-9a-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])/gi,
    replacement: '[ip]',
    // Without a digit it is probably a name such as A::B.
    applies: (found) => /\d/.test(found) && isIPv6(found),
  },
];

/** Whether the digits pass the Luhn check of payment cards (ISO/IEC 7812-1). */
export function passesLuhn(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  if (digits.length < 13 || /^0+$/.test(digits)) return false;
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, place) => {
      const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** The text without recognizable personal data and secrets. */
export function scrubText(text: string): string {
  return scrubRules.reduce(
    (clean, { pattern, replacement, applies }) =>
      applies
        ? clean.replace(pattern, (found) => (applies(found) ? replacement : found))
        : clean.replace(pattern, replacement),
    text,
  );
}

const SECRET_PARTS =
  /password|passwd|passphrase|pwd|secret|token|apikey|accesskey|privatekey|authorization|cookie|credential|sessionid|cardnumber|creditcard|jwt|bearer/;
const SECRET_WORDS = new Set(['auth', 'pass', 'pin', 'session', 'card', 'cvv', 'cvc', 'ssn', 'iban', 'otp']);

/** Whether the name alone marks its value as a secret: `password`, `X-Api-Key`, `accessToken`. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return SECRET_WORDS.has(plain) || SECRET_PARTS.test(plain);
}

export const SECRET = '[secret]';
const DEPTH_MAX = 8;
const VALUES_MAX = 5_000;

/** `["authorization", "…"]`: the form of headers in a list. */
function isNamedPair(list: readonly unknown[]): boolean {
  return list.length === 2 && typeof list[0] === 'string' && isSecretName(list[0]);
}

/** `{ "name": "Authorization", "value": "…" }`. */
function isNamedValue(object: Readonly<Record<string, unknown>>): boolean {
  const name = object.name ?? object.key ?? object.header;
  return typeof name === 'string' && isSecretName(name);
}

class Scrubber {
  private left = VALUES_MAX;

  value(value: unknown, depth: number): unknown {
    if ((this.left -= 1) < 0) return '[more]';
    if (typeof value === 'string') return scrubText(value);
    if (typeof value === 'number') return passesLuhn(String(value)) ? '[card]' : value;
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= DEPTH_MAX) return '[deeper]';
    return Array.isArray(value) ? this.list(value, depth) : this.object(value as Record<string, unknown>, depth);
  }

  private list(list: readonly unknown[], depth: number): unknown[] {
    if (isNamedPair(list)) return [list[0], SECRET];
    const kept: unknown[] = [];
    for (const item of list) {
      kept.push(this.value(item, depth + 1));
      if (this.left < 0) break;
    }
    return kept;
  }

  private object(object: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
    const named = isNamedValue(object);
    const kept: [string, unknown][] = [];
    for (const [name, inner] of Object.entries(object)) {
      const secret = inner !== null && (isSecretName(name) || (named && name === 'value'));
      kept.push([scrubText(name), secret ? SECRET : this.value(inner, depth + 1)]);
      if (this.left < 0) break;
    }
    return Object.fromEntries(kept);
  }
}

/** Removes personal data and secrets from the caller's JSON, by the names of members and by their texts. */
export function scrubJson(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return new Scrubber().value(value, 0) as Record<string, unknown>;
}

/** An address reduced to its network, /24 or /48: enough to locate the origin of errors, but not a person. */
export function truncateIp(address: string): string {
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return truncateIp(mapped);
  const groups = new URL(`http://[${address.split('%')[0] ?? ''}]`).hostname.slice(1, -1);
  const [head = '', tail] = groups.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const all =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return `${all.slice(0, 3).join(':')}::/48`;
}
