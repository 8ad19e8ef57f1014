import { createHash } from 'node:crypto';
import type { Frame } from './error-frame.rules.js';
import { frameOf } from './error-frame.rules.js';

/** Increase it with every change of the rules below. Errors grouped by older rules keep their groups. */
export const FINGERPRINT_VERSION = 1;

/** The inputs in order of precedence. */
interface FingerprintInput {
  readonly fingerprint?: string | readonly string[] | null | undefined;
  readonly stackTrace?: string | null;
  readonly errorCode: string;
  readonly errorMessage: string;
}

export interface Fingerprint {
  readonly fingerprint: string;
  readonly source: 'explicit' | 'stack' | 'message';
}

const FRAMES_MAX = 50;

/** The parts that vary between occurrences of one error, and their placeholders; longer forms first. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?Z|[+-]\d{2}:?\d{2})?)?/g, '<time>'],
  [/\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\b/g, '<time>'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<uuid>'],
  [/\[email\]|[^\s@<>()[\],;:"'\\/=?&]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '<email>'],
  [/\[(?:ip|card|jwt|secret|credential|cookie|api key|private key)\]/g, '<scrubbed>'],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]]+/gi, '<url>'],
  [/"[^"\r\n]{0,2000}"|'[^'\r\n]{0,2000}'(?!\w)|`[^`\r\n]{0,2000}`/g, '<text>'],
  [/\b[A-Za-z]:\\[^\s:*?"<>|,;)]+|(?<![\w<])\.{0,2}\/[^\s:"'<>,;)\]]+/g, '<path>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<ip>'],
  [/\b0x[0-9a-f]+\b/gi, '<hex>'],
  // Ids: letters mixed with digits, and too long to be a word such as utf8 or http2.
  [/\b(?=[a-z_-]*\d)(?=[\d_-]*[a-z])[\w-]{8,}\b/gi, '<id>'],
  [/(?<![\w<])[+-]?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?/gi, '<n>'],
  [/\d+/g, '<n>'],
];

/** A message without its variable parts: ids, numbers, addresses, paths, quoted texts, e-mail addresses, times. */
export function normalizeMessage(message: string): string {
  return VARIABLE.reduce((text, [pattern, name]) => text.replace(pattern, name), message)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 2_000);
}

const ERROR_TYPE = /(?<![\w.$])[A-Za-z_$][\w$.]{0,200}(?:Error|Exception|Panic|Fault|Interrupt)(?=[:\s)]|$)/gm;

/** The frames of a stack trace without lines, columns and addresses; empty if no frame is recognized. */
export function framesOf(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split(/\r?\n/)) {
    const frame = frameOf(line);
    // The depth of a recursion depends on its input, so repeated frames count once.
    if (frame && frames.at(-1)?.text !== frame.text) frames.push(frame);
    if (frames.length >= FRAMES_MAX) break;
  }
  return frames;
}

const typesIn = (text: string): string[] => [...new Set(text.match(ERROR_TYPE) ?? [])];

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

/**
 * The fingerprint of the stack trace if one of its frames names a function of the program, else of code and message. All
 * errors of a minified bundle have the same nameless frames, so a stack trace without names must not decide.
 */
function ownFingerprint({ stackTrace, errorCode, errorMessage }: FingerprintInput): Fingerprint {
  const frames = stackTrace ? framesOf(stackTrace) : [];
  const types = frames.length > 0 ? typesIn(stackTrace ?? '') : [];
  if (frames.some(({ isTelling }) => isTelling)) {
    const parts = ['stack', errorCode, types, frames.map(({ text }) => text)];
    return { fingerprint: hashOf(parts), source: 'stack' };
  }
  const message = ['message', errorCode, normalizeMessage(errorMessage)];
  return { fingerprint: hashOf(types.length === 0 ? message : [...message, types]), source: 'message' };
}

/** What the placeholders of Sentry's clients stand for, as in `["{{ default }}", "tenant-a"]`. Others stay as they are. */
const PLACEHOLDERS: Readonly<Record<string, (input: FingerprintInput) => unknown>> = {
  default: ownFingerprint,
  type: ({ stackTrace, errorCode }) => [typesIn(stackTrace ?? ''), errorCode],
  message: ({ errorMessage }) => normalizeMessage(errorMessage),
  function: ({ stackTrace }) => framesOf(stackTrace ?? '').find(({ isTelling }) => isTelling)?.text,
};

const placeholderIn = (part: string): string =>
  (/^\{\{\s*([a-z_.]+)\s*\}\}$/.exec(part)?.[1] ?? '')
    .replace(/^error\.value$/, 'message')
    .replace(/^(?:error|stack)\./, '');

function expanded(part: string, input: FingerprintInput): unknown {
  const name = placeholderIn(part);
  return Object.hasOwn(PLACEHOLDERS, name) ? PLACEHOLDERS[name]?.(input) : part;
}

/** The fingerprint of an occurrence: the given one, or that of its stack trace, or that of its code and message. */
export function fingerprintOf(input: FingerprintInput): Fingerprint {
  const parts = [input.fingerprint ?? []].flat();
  if (parts.every((part) => placeholderIn(part) === 'default')) return ownFingerprint(input);
  const explicit = parts.map((part) => expanded(part, input) ?? null);
  return { fingerprint: hashOf(['explicit', explicit]), source: 'explicit' };
}
