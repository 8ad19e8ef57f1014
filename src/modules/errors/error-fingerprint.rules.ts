import { createHash } from 'node:crypto';

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

/** The stack frame formats of each language. Groups: `fn`, `file`. */
const FRAME_SHAPES: readonly RegExp[] = [
  // JavaScript (V8): at fn (file:1:2), at async fn (file:1:2), at file:1:2
  /^\s*at (?:async )?(?:(?<fn>[^()]{1,300}?) \()?(?<file>[^()\s][^()]{0,500}?):\d+(?::\d+)?\)?$/,
  // JavaScript (Firefox, Safari): fn@file:1:2
  /^\s*(?<fn>[^@\s]{0,300})@(?<file>[^\s]{1,500}?):\d+(?::\d+)?$/,
  // Python: File "file", line 1, in fn
  /^\s*File "(?<file>[^"]{1,500})", line \d+(?:, in (?<fn>.{1,300}))?$/,
  // Java, Kotlin, Scala: at package.Class.method(Class.java:1), (Native Method), (Unknown Source)
  /^\s*at (?:[\w.@-]{1,100}\/{1,2}){0,2}(?<fn>[\w.$<>]{1,300})\((?<file>[^():]{1,200})(?::\d+)?\)(?: ~?\[.{0,200}\])?$/,
  // .NET: at Namespace.Class.Method(args) in file:line 1
  /^\s*at (?<fn>[^()]{1,300})\([^)]{0,500}\)(?: in (?<file>.{1,500}):line \d+)?$/,
  // Go: the file is on the line after the function
  /^\t(?<file>[^\s]{1,500}\.(?:go|s)):\d+(?: \+0x[0-9a-f]+)?$/,
  /^(?:created by )?(?<fn>[\w./*()-]{1,300}\.[\w.*()[\]-]{1,200}?)(?:\((?:0x|\.\.\.|\{|\)).{0,500}| in goroutine \d+)$/,
  // Ruby: from file:1:in 'fn'
  /^\s*(?:from )?(?<file>[^\s:]{1,500}\.rb):\d+:in [`'"](?<fn>[^`'"]{1,300})['"]/,
  // PHP: #0 file(1): fn()
  /^#\d+ (?<file>[^(]{1,500})\(\d+\): (?<fn>[^(]{1,300})\(/,
];

/** The end of a path, which does not depend on the deployment folder, the package version or the build. */
export function normalizeFile(file: string): string {
  const path = file
    .replace(/^(?:webpack(?:-internal)?|file|https?|node|app):\/{0,3}(?:[^/]*\/\.\/)?/, '')
    .replace(/[?#].*$/, '')
    .replaceAll('\\', '/')
    .replaceAll(/@v?\d+\.\d+[^/]*/g, '');
  const installed = /^.*\/(?:node_modules|site-packages|dist-packages|gems|vendor|pkg\/mod)\/(?<rest>.+)$/.exec(
    `/${path}`,
  );
  const rest = installed?.groups?.rest ?? path.split('/').filter(Boolean).slice(-2).join('/');
  // Build hashes: main.3f2a9c1b.js, chunk-QX7K2M4A.mjs
  return rest.replaceAll(/(?<=[.-])(?=[A-Za-z]*\d)[A-Za-z0-9]{6,}(?=[.-])/g, '*').replaceAll(/\d+/g, '0');
}

/** The name of a function without addresses, generated numbers and its alias (`[as name]`). */
function normalizeFunction(name: string): string {
  return name
    .replaceAll(/0x[0-9a-f]+/gi, '0')
    .replace(/ \[as [^\]]{1,200}\]$/, '')
    .replace(/^(?:new |async )/, '')
    .replaceAll(/\$\$Lambda[$\d/]*|\$\$[\w$]{1,200}|\$\d+/g, '$')
    .replaceAll(/\d+/g, '0')
    .trim();
}

const ERROR_TYPE = /(?<![\w.$])[A-Za-z_$][\w$.]{0,200}(?:Error|Exception|Panic|Fault|Interrupt)(?=[:\s]|$)/gm;

/** Functions and files of a stack trace without lines, columns and addresses; empty if no frame is recognized. */
export function normalizeStack(stack: string): string[] {
  const frames: string[] = [];
  for (const line of stack.split(/\r?\n/)) {
    const groups = FRAME_SHAPES.map((shape) => shape.exec(line)?.groups).find((found) => found !== undefined);
    if (!groups) continue;
    const frame = `${normalizeFunction(groups.fn ?? '')}|${groups.file === undefined ? '' : normalizeFile(groups.file)}`;
    // The depth of a recursion depends on its input, so repeated frames count once.
    if (frames.at(-1) !== frame) frames.push(frame);
    if (frames.length >= FRAMES_MAX) break;
  }
  return frames;
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

/** The fingerprint of an occurrence: the given one, or that of its stack trace, or that of its code and message. */
export function fingerprintOf(input: FingerprintInput): Fingerprint {
  const { fingerprint, stackTrace, errorCode, errorMessage } = input;
  if (fingerprint !== undefined && fingerprint !== null) {
    return { fingerprint: hashOf(['explicit', [fingerprint].flat()]), source: 'explicit' };
  }
  const frames = stackTrace ? normalizeStack(stackTrace) : [];
  if (stackTrace && frames.length > 0) {
    const types = [...new Set(stackTrace.match(ERROR_TYPE) ?? [])];
    return { fingerprint: hashOf(['stack', errorCode, types, frames]), source: 'stack' };
  }
  return { fingerprint: hashOf(['message', errorCode, normalizeMessage(errorMessage)]), source: 'message' };
}
