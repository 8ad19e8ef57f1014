import fc from 'fast-check';

/** Plain data, as in a file; deliberately not the types of the code under test. */
export type Data = null | boolean | number | string | Data[] | { [key: string]: Data };
export type DataObject = Record<string, Data>;

/** Surrogate pairs, combining marks and scripts that break UTF-16 code; a selection, because all of Unicode is slow. */
const letters = [...'aZ09 .-"\\/\n\t'.split(''), 'é', 'ß', '任', '🚀', '👩‍👩‍👧', '\u0001', '\u2028', '١'];
const text = fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
const someText = text.filter((value) => value.trim() !== '');
/** No key of one escaped character: V8 of Node 24.21 parses the key "\n" as "\\" once it has met "\\". */
const keyText = text.filter((key) => !/^["\\\n\t\u0001]$/.test(key));
const leaf = fc.oneof(fc.constantFrom(null, true, false, 0, -1.5, 1e300, 12345678901234567890), text, fc.nat());
const { json } = fc.letrec<{ json: Data }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(keyText, fc.constantFrom('__proto__', 'toString')), tie('json')), { maxLength: 3 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}));

/** Names without a meaning, including those that are dangerous in JavaScript. */
const unknownKey = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'databaseId',
    'previousStatus',
    'isSubtask',
    'blocks',
    'order',
  ),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 6 }).map((name) => `x${name}`),
);
const unknownFields = fc.array(fc.tuple(unknownKey, json), { maxLength: 3 });

const userObject = fc
  .tuple(fc.array(fc.tuple(unknownKey, json), { maxLength: 4 }), fc.option(fc.record({ theirs: json }), { freq: 5 }))
  .map(([entries, theirs]): DataObject => {
    const others = Object.fromEntries(entries);
    return theirs === null ? others : Object.fromEntries([...Object.entries(others), ['_tm', theirs]]);
  });

const time = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const anyTime = fc.oneof(
  time,
  time.map((value) => value.replace('Z', '+00:00')),
  fc.constantFrom('soon', '2026-11-21'),
);

const textOrNull = fc.option(text, { freq: 5 });
const words = (...list: string[]) => fc.constantFrom<Data>(...list);

/** Every known field, in the forms that occur in practice. */
const meaningful: Record<string, fc.Arbitrary<Data>> = {
  title: someText,
  description: textOrNull,
  details: textOrNull,
  testStrategy: textOrNull,
  status: words(
    'pending',
    'in-progress',
    'review',
    'blocked',
    'deferred',
    'done',
    'completed',
    'cancelled',
    'in_progress',
    'todo',
  ),
  priority: fc.oneof(
    words('low', 'medium', 'high', 'critical', 'High', 'urgent'),
    fc.constant(null),
    fc.integer({ min: 0, max: 10 }),
  ),
  createdAt: anyTime,
  updatedAt: anyTime,
  effort: fc.oneof(fc.integer({ min: 0, max: 999 }), fc.constantFrom(1.5, 0.25, 2.3456)),
  actualEffort: fc.option(fc.integer({ min: 0, max: 999 })),
  tags: fc.array(text, { maxLength: 3 }),
  assignee: textOrNull,
  complexity: fc.oneof(
    fc.integer({ min: 1, max: 10 }),
    words('simple', 'moderate', 'complex', 'very-complex'),
    fc.constant(7.5),
  ),
  recommendedSubtasks: fc.nat(9),
  expansionPrompt: text,
  complexityReasoning: text,
  relevantFiles: fc.array(
    fc.oneof(
      someText,
      fc.record({ path: someText, description: text, action: words('create', 'modify', 'reference') }),
    ),
    { maxLength: 3 },
  ),
  acceptanceCriteria: fc.oneof(text, fc.array(text, { maxLength: 3 })),
  technicalConstraints: fc.array(text, { maxLength: 3 }),
  codebasePatterns: json,
  existingInfrastructure: json,
  scopeBoundaries: json,
  implementationApproach: json,
  skills: json,
  category: words('research', 'design', 'development', 'testing', 'documentation', 'review', 'whatever'),
  metadata: fc.option(userObject, { freq: 8 }),
  parentId: words('undefined', '1'),
  parentTaskId: fc.nat(20),
};

const body: fc.Arbitrary<DataObject> = fc
  .tuple(fc.record(meaningful, { requiredKeys: ['title'] }), unknownFields)
  .map(([known, unknown]) => Object.fromEntries<Data>([...Object.entries(known as DataObject), ...unknown]));

interface Node {
  readonly body: DataObject;
  readonly number: number;
  readonly idForm: 'number' | 'string' | 'dotted';
  readonly picks: readonly { readonly nth: number; readonly form: 'number' | 'string' }[];
  readonly bare: 'absent' | 'null' | 'empty';
  readonly order: readonly number[];
  readonly children: readonly Node[];
}

function nodes(levels: number): fc.Arbitrary<Node[]> {
  const node = fc.record({
    body,
    number: fc.integer({ min: 1, max: 60 }),
    idForm: fc.constantFrom<Node['idForm']>('number', 'string', 'dotted'),
    picks: fc.array(fc.record({ nth: fc.nat(), form: fc.constantFrom<'number' | 'string'>('number', 'string') }), {
      maxLength: 4,
    }),
    bare: fc.constantFrom<Node['bare']>('absent', 'null', 'empty'),
    order: fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
    children: levels === 0 ? fc.constant([]) : nodes(levels - 1),
  });
  return fc.uniqueArray(node, { selector: ({ number }) => number, maxLength: levels === 3 ? 3 : 2 });
}

function nothing(node: Node): Data | undefined {
  return node.bare === 'absent' ? undefined : node.bare === 'null' ? null : [];
}

/** How a file may name `target` inside `owner`: bare when it is a sibling or a task, dotted otherwise. */
function nameOf(owner: string, target: string, form: 'number' | 'string', refs: ReadonlySet<string>): Data | undefined {
  const parent = owner.includes('.') ? owner.slice(0, owner.lastIndexOf('.')) : null;
  const isSibling =
    parent !== null && target.startsWith(`${parent}.`) && !target.slice(parent.length + 1).includes('.');
  if (isSibling && form === 'number') return Number(target.slice(parent.length + 1));
  if (target.includes('.')) return target;
  if (parent !== null && refs.has(`${parent}.${target}`)) return undefined;
  return form === 'number' ? Number(target) : target;
}

function refsOf(siblings: readonly Node[], parent: string | null, refs: string[]): string[] {
  for (const { number, children } of siblings) {
    const ref = parent === null ? String(number) : `${parent}.${number}`;
    refs.push(ref);
    refsOf(children, ref, refs);
  }
  return refs;
}

/** Dependencies point to earlier tasks of the file, so there are no cycles. */
function dependenciesOf(node: Node, ref: string, refs: readonly string[]): Data | undefined {
  const earlier = refs.slice(0, refs.indexOf(ref));
  if (earlier.length === 0 || node.picks.length === 0) return nothing(node);
  const named = new Map<string, Data>();
  for (const { nth, form } of node.picks) {
    const target = earlier[nth % earlier.length] ?? '';
    const name = nameOf(ref, target, form, new Set(refs));
    if (name !== undefined) named.set(target, name);
  }
  return named.size === 0 ? [] : [...named.values()];
}

function idOf({ number, idForm }: Node, ref: string): Data {
  if (idForm === 'number') return number;
  return idForm === 'dotted' ? ref : String(number);
}

function toTask(node: Node, parent: string | null, refs: readonly string[]): DataObject {
  const ref = parent === null ? String(node.number) : `${parent}.${node.number}`;
  const subtasks = node.children.length > 0 ? node.children.map((child) => toTask(child, ref, refs)) : nothing(node);
  const dependencies = dependenciesOf(node, ref, refs);
  const entries = Object.entries(node.body);
  const structure = { id: idOf(node, ref), dependencies, subtasks };
  Object.entries(structure).forEach(([key, value], index) => {
    if (value !== undefined) entries.splice((node.order[index] ?? 0) % (entries.length + 1), 0, [key, value]);
  });
  return Object.fromEntries(entries);
}

const listMetadata = fc.record(
  {
    created: time,
    updated: time,
    description: text,
    copiedFrom: fc.record({ tag: words('master'), date: time }),
    version: words('1.0.0'),
    lastModified: time,
    taskCount: fc.nat(99),
    completedCount: fc.nat(99),
    tags: fc.constant<Data>(['master']),
    projectName: text,
  },
  { requiredKeys: [] },
);

const list: fc.Arbitrary<DataObject> = fc
  .record({
    tasks: nodes(3).map((roots): Data => {
      const refs = refsOf(roots, null, []);
      return roots.map((root) => toTask(root, null, refs));
    }),
    surroundings: fc.record(
      { metadata: fc.option(listMetadata, { freq: 8 }), created: time, description: text, extra: json },
      { requiredKeys: [] },
    ),
  })
  .map(({ tasks, surroundings }) => ({ tasks, ...(surroundings as DataObject) }));

const listName = fc.oneof(fc.constantFrom('master', 'feature-x', 'rel_1'), fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/));

/** A tasks.json file that needs no repair. */
export const taggedFile: fc.Arbitrary<DataObject> = fc
  .uniqueArray(fc.tuple(listName, list), { selector: ([name]) => name, minLength: 1, maxLength: 3 })
  .map((lists) => Object.fromEntries(lists))
  .filter((file) => !Object.hasOwn(file, 'tag') && !Object.hasOwn(file, '_rawTaggedData'));

export const flatFile: fc.Arbitrary<DataObject> = list.map((only) =>
  Object.fromEntries(Object.entries(only).filter(([key]) => key === 'tasks' || key === 'metadata')),
);

/** A file with one value replaced by an invalid one. */
export const brokenFile: fc.Arbitrary<Data> = fc
  .tuple(taggedFile, fc.array(fc.nat(), { minLength: 1, maxLength: 9 }), json)
  .map(([file, path, value]) => replaceAt(file, path, value));

function replaceAt(data: Data, path: readonly number[], value: Data): Data {
  const [nth, ...rest] = path;
  if (nth === undefined || data === null || typeof data !== 'object') return value;
  const keys = Object.keys(data);
  if (keys.length === 0) return value;
  const hit = keys[nth % keys.length];
  const entries = Object.entries(data).map(([key, item]): [string, Data] => [
    key,
    key === hit ? replaceAt(item, rest, value) : item,
  ]);
  return Array.isArray(data) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** Numbers as a text may write them, and a JavaScript number may not. */
export const numberText = fc.oneof(
  fc.constantFrom(
    '1.0',
    '1.50',
    '-0',
    '1e3',
    '1E-7',
    '9007199254740993',
    '12345678901234567890',
    '0.1234567890123456789',
  ),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);

/** How a text may be laid out, as an indentation, an end of line and an end of the text. */
export const layout = fc.record({
  indent: fc.constantFrom(' ', '  ', '    ', '\t'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  end: fc.constantFrom('', '\n', '\r\n', '\n\n'),
});
