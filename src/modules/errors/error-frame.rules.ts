/** The frame formats of one language. Groups of the patterns: `fn`, `file`. */
interface FrameShape {
  readonly pattern: RegExp;
  /** Minifiers shorten each part of a name on its own, and differently in each build: `e.render`, `t.render`. */
  readonly isMinifiable?: true;
  /** Functions of the language itself: the same ones run whatever has failed. */
  readonly isBuiltIn?: true;
}

const FRAME_SHAPES: readonly FrameShape[] = [
  // JavaScript (V8), built in: at Array.map (<anonymous>), at async Promise.all (index 0)
  {
    pattern: /^\s*at (?:async )?(?<fn>[^()]{1,300}?) \((?:<anonymous>|native|index \d+)\)$/,
    isMinifiable: true,
    isBuiltIn: true,
  },
  // JavaScript (V8): at fn (file:1:2), at async fn (file:1:2), at file:1:2. Rust: at file:1:2, after the function
  {
    pattern: /^\s*at (?:async )?(?:(?<fn>[^()]{1,300}?) \()?(?<file>[^()\s][^()]{0,500}?):\d+(?::\d+)?\)?$/,
    isMinifiable: true,
  },
  // JavaScript (Firefox, Safari): fn@file:1:2, async*fn@file:1:2, global code@file:1:2
  {
    pattern:
      /^\s*(?:[\w ]{1,50}\*)?(?<fn>(?:global|eval|module) code|[^@\s]{0,300})@(?<file>[^\s]{1,500}?):\d+(?::\d+)?$/,
    isMinifiable: true,
  },
  // Python: File "file", line 1, in fn
  { pattern: /^\s*File "(?<file>[^"]{1,500})", line \d+(?:, in (?<fn>.{1,300}))?$/ },
  // Java, Kotlin, Scala: at package.Class.method(Class.java:1), (Native Method), (Unknown Source)
  {
    pattern:
      /^\s*at (?:[\w.@-]{1,100}\/{1,2}){0,2}(?<fn>[\w.$<>]{1,300})\((?<file>[^():]{1,200})(?::\d+)?\)(?: ~?\[.{0,200}\])?$/,
  },
  // .NET: at Namespace.Class.Method(args) in file:line 1, with the words of the language of the system
  { pattern: /^\s*at (?<fn>[^()]{1,300})\([^)]{0,500}\)(?: \w{1,10} (?<file>.{1,500}):\w{1,20} \d+\.?)?$/ },
  // Go: the file is on the line after the function
  { pattern: /^\t(?<file>[^\s]{1,500}\.(?:go|s)):\d+(?: \+0x[0-9a-f]+)?$/ },
  {
    pattern:
      /^(?:created by )?(?<fn>[\w./*()-]{1,300}\.[\w.*()[\]-]{1,200}?)(?:\((?:0x|\.\.\.|\{|\)).{0,500}| in goroutine \d+)$/,
  },
  // Rust: 1: crate::module::fn, 1: 0x7f - crate::module::fn::h0123456789abcdef
  {
    pattern:
      /^\s*\d{1,4}:\s{1,20}(?:0x[0-9a-f]{1,16} - )?(?<fn>\w{1,100}|[\w<{&*][^\s:]{0,100}(?: as [^\s:]{1,100})?::.{1,300}?)(?:::h[0-9a-f]{16})?$/,
  },
  // Ruby: from file:1:in 'fn'
  { pattern: /^\s*(?:from )?(?<file>[^\s:]{1,500}):\d+:in [`'"](?<fn>[^`'"]{1,300})['"]/ },
  // PHP: #0 file(1): fn(), #0 [internal function]: fn()
  { pattern: /^#\d+ (?:(?<file>[^(]{1,500})\(\d+\)|\[internal function\]): (?<fn>[^(]{1,300})\(/ },
  // Elixir, Erlang: (app 0.1.0) lib/file.ex:1: Module.fn/2, (app 0.1.0) Module.fn(args)
  {
    pattern:
      /^\s*(?:\([\w]{1,100}(?: [\w.+-]{1,50})?\) )?(?<file>[^\s:()]{1,500}\.\w{2,5}):\d+: (?<fn>.{1,300}?)(?:\/\d+|\(.{0,500}\))$/,
  },
  { pattern: /^\s*\([\w]{1,100}(?: [\w.+-]{1,50})?\) (?<fn>[\w:.!?]{1,300})(?:\/\d+|\(.{0,500}\))$/ },
  // Swift: 1 0x7f fn(arg:) + 44 in app at file:1:2
  {
    pattern:
      /^\s*\d{1,4}(?: \[[^\]]{0,50}\])? 0x[0-9a-f]{1,16} (?<fn>[^\s].{0,300}?)(?: \+ \d+)? in [^\s]{1,200}(?: at (?<file>.{1,500}?):\d+(?::\d+)?)?$/,
  },
  // Swift, Objective-C and C++ on Apple: 1   app   0x7f fn + 44
  {
    pattern:
      /^\s*\d{1,4}\s{1,20}(?<file>[^\s]{1,200})\s{1,40}0x[0-9a-f]{1,16} (?<fn>[^\s].{0,300}?) \+ \d+(?: \(.{0,300}\))?$/,
  },
  // C and C++: #1 0x7f in fn (args) at file:1 (gdb), #1 0x7f in fn(args) file:1:2 (sanitizers)
  {
    pattern:
      /^\s*#\d{1,4}\s{1,4}(?:0x[0-9a-f]{1,16} in )?(?<fn>[^\s()][^()]{0,300}?) ?(?:\([^()]{0,500}\))?(?: const)? (?:at |from )?(?<file>[^\s()]{1,500}?)(?::\d+){1,2}$/,
  },
  // C++ (std::stacktrace, Boost): 1# fn(args) at file:1, 1# fn(args) in app
  {
    pattern:
      /^\s*\d{1,4}# (?<fn>[^\s()][^()]{0,300}?)(?:\([^()]{0,500}\))?(?: const)? (?:at (?<file>[^\s]{1,500}?):\d+|in [^\s]{1,500})$/,
  },
  // C and C++ (glibc): app(fn+0x15) [0x7f]
  { pattern: /^(?<file>[^\s()]{1,300})\((?<fn>[\w.]{0,300})\+0x[0-9a-f]{1,16}\) ?\[0x[0-9a-f]{1,16}\]$/ },
];

/** A frame of a stack trace, without what moves. */
export interface Frame {
  /** Function and file, `load|src/loader.js`. */
  readonly text: string;
  /** Whether it names a function of the program, so that it tells one error from another. */
  readonly isTelling: boolean;
}

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

const SHORT_PART = /(?<![\w$])[\w$]{1,2}(?![\w$])/g;
/** Names that a minifier or obfuscator gave: nothing but parts of one or two characters. */
const SHORT_NAME = /^[\w$]{1,2}(?:[./][\w$]{1,2})*$/;

/** The name of a function without addresses, generated numbers and its alias (`[as name]`). */
function normalizeFunction(name: string, isMinifiable: boolean): string {
  const plain = name.replace(/ \[as [^\]]{1,200}\]$/, '').replace(/^(?:new |async )/, '');
  if (SHORT_NAME.test(plain)) return '*';
  return (isMinifiable ? plain.replaceAll(SHORT_PART, '*') : plain)
    .replaceAll(/0x[0-9a-f]+/gi, '0')
    .replaceAll(/\$\$Lambda[$\d/]*|\$\$[\w$]{1,200}|\$\d+/g, '$')
    .replaceAll(/\d+/g, '0')
    .trim();
}

/** What stands in the place of a name: <module>, <anonymous>, {closure}, global code, an address, a minified name. */
const NAMELESS =
  /^(?:\??|\?\?|0|\*|anonymous(?: fn)?|(?:(?:block|rescue|ensure)(?: \([^)]{0,50}\))? in )?(?:<(?!class:|module:).*|\{(?:main|closure).*)|(?:global|eval|module) code|eval|lambda|_?main|_start|start|start_thread|clone)$/;
/** What JavaScript puts before a name that was lost: Object.<anonymous>, Module.*, HTMLDocument.*. */
const OWNER_ONLY =
  /^(?:Object|Module|Function|Array|Window|Generator|HTML\w{0,50}|XMLHttpRequest|\*)\.(?:<anonymous>|\*)$/;
/** Runs whatever has failed: the loader, the panic handler, the thread pool. */
const RUNTIME_NAME =
  /^(?:<?(?:std|core|alloc)::|rust_|__rust|__libc|_?_?sig|runtime\.|(?:java|javax|jdk|sun|kotlin|scala)\.|System\.)/;
const RUNTIME_FILE = /^(?:node:|<frozen |\/rustc\/|<anonymous>)|(?:^|\/)node:internal\//;

function isTelling(fn: string, file: string, { isBuiltIn }: FrameShape): boolean {
  if (isBuiltIn || RUNTIME_FILE.test(file) || RUNTIME_NAME.test(fn)) return false;
  const name = fn.replace(/(?:\/<)+$/, '');
  return !NAMELESS.test(name) && !OWNER_ONLY.test(name);
}

/** The frame on a line of a stack trace; null when it is none. */
export function frameOf(line: string): Frame | null {
  for (const shape of FRAME_SHAPES) {
    const groups = shape.pattern.exec(line)?.groups;
    if (!groups) continue;
    const { fn = '', file = '' } = groups as { fn?: string; file?: string };
    const name = normalizeFunction(fn, shape.isMinifiable === true);
    return {
      text: `${name}|${file === '' ? '' : normalizeFile(file)}`,
      isTelling: isTelling(name, file, shape),
    };
  }
  return null;
}
