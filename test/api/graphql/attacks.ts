/** Expensive documents, each with the code of its refusal. */
export interface Attack {
  readonly name: string;
  /** The body of the request; a string is sent verbatim. */
  readonly body: unknown;
  readonly status: number;
  readonly code: string;
}

const times = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join(' ');

const query = (text: string, variables?: object): object => ({ query: text, ...(variables ? { variables } : {}) });

/** `a { a { … id } }` */
const nested = (field: string, levels: number, leaf = 'id'): string =>
  `${`${field} { `.repeat(levels)}${leaf}${' }'.repeat(levels)}`;

const list = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const tooComplex = { status: 400, code: 'QUERY_TOO_COMPLEX' };
const notValid = { status: 400, code: 'VALIDATION_FAILED' };
const malformed = { status: 400, code: 'MALFORMED_BODY' };

export const attacks: readonly Attack[] = [
  { name: '10,000 aliases', body: query(`{ ${times(10_000, (n) => `a${n}: __typename`)} }`), ...tooComplex },
  { name: '16 aliases', body: query(`{ ${times(16, (n) => `a${n}: nextTasks { id }`)} }`), ...tooComplex },
  {
    name: 'aliases hidden in fragments',
    body: query(
      `{ ...F ...G } fragment F on Query { ${times(8, (n) => `a${n}: __typename`)} } fragment G on Query { ${times(8, (n) => `b${n}: __typename`)} }`,
    ),
    ...tooComplex,
  },
  {
    name: 'a cycle of fragments',
    body: query('{ tasks { nodes { ...A } } } fragment A on Task { ...B } fragment B on Task { ...A }'),
    ...notValid,
  },
  { name: 'a fragment that opens itself', body: query('{ ...A } fragment A on Query { ...A }'), ...notValid },
  {
    name: 'fragments that double twenty times',
    body: query(
      `{ ...F0 } ${times(20, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F20 on Query { __typename }`,
    ),
    ...tooComplex,
  },
  { name: 'a bomb of depth', body: query(`{ tasks { nodes { ${nested('subtasks', 7)} } } }`), ...tooComplex },
  { name: 'a depth of 300', body: query(`{ tasks { nodes { ${nested('parent', 300)} } } }`), ...tooComplex },
  {
    name: 'depth hidden in fragments',
    body: query(
      `{ tasks { nodes { ...D0 } } } ${times(8, (n) => `fragment D${n} on Task { parent { ...D${n + 1} } }`)} fragment D8 on Task { id }`,
    ),
    ...tooComplex,
  },
  {
    name: 'overlapping fields, 490 times',
    body: query(`{ tasks { nodes { ${times(490, () => 'id')} } } }`),
    ...tooComplex,
  },
  {
    name: 'overlapping selections',
    body: query(`{ ${times(100, () => 'tasks { nodes { id title } }')} }`),
    ...tooComplex,
  },
  {
    name: 'overlapping inline fragments',
    body: query(`{ tasks { nodes { ${times(150, () => '... on Task { id }')} } } }`),
    ...tooComplex,
  },
  {
    name: 'a flood of directives',
    body: query(`{ __typename ${times(51, () => '@include(if: true)')} }`),
    ...tooComplex,
  },
  {
    name: 'a flood of unknown directives',
    body: query(`{ __typename ${times(400, (n) => `@a${n}`)} }`),
    ...tooComplex,
  },
  { name: 'a document of a million characters', body: query(`{ __typename ${' '.repeat(900_000)} }`), ...tooComplex },
  { name: 'a document of 50,000 tokens', body: query(`{ ${'a '.repeat(49_900)}}`), ...tooComplex },
  {
    name: 'a million lists in a literal',
    body: query(`{ tasks(filter: ${list(45_000)}) { nodes { id } } }`),
    ...tooComplex,
  },
  {
    name: 'rows of rows of rows',
    body: query('{ tasks(first: 100) { nodes { subtasks(first: 100) { subtasks(first: 100) { id } } } } }'),
    ...tooComplex,
  },
  {
    name: 'rows by variables',
    body: query(
      'query($n: Int!) { tasks(first: $n) { nodes { subtasks(first: $n) { comments(first: $n) { id } } } } }',
      { n: 100 },
    ),
    ...tooComplex,
  },
  {
    name: 'a deep variable',
    body: `{"query":"query($f: TaskFilter) { tasks(filter: $f) { nodes { id } } }","variables":{"f":${list(500)}}}`,
    ...malformed,
  },
  {
    name: 'a long list in a variable',
    body: query('query($f: TaskFilter) { tasks(filter: $f) { nodes { id } } }', {
      f: { type: Array.from({ length: 5_000 }, () => 'x') },
    }),
    // The document and the variables are well-formed; the list refuses them as a failed field.
    status: 200,
    code: 'VALIDATION_FAILED',
  },
  { name: 'a batch', body: [query('{ __typename }'), query('{ __typename }')], ...notValid },
  {
    name: 'two operations',
    body: { query: 'query A { __typename } query B { __typename }', operationName: 'A' },
    ...notValid,
  },
  { name: 'a hundred operations', body: query(times(100, (n) => `query Q${n} { __typename }`)), ...notValid },
  { name: 'type definitions', body: query('type A { a: Int } query { __typename }'), ...notValid },
  { name: 'introspection', body: query('{ __schema { types { name } } }'), ...notValid },
  { name: 'introspection of a type', body: query('{ __type(name: "Task") { fields { name } } }'), ...notValid },
  {
    name: 'introspection in a fragment',
    body: query('{ ...F } fragment F on Query { __schema { types { name } } }'),
    ...notValid,
  },
  { name: 'a document as a tree', body: query(JSON.stringify({ kind: 'Document', definitions: [] })), ...malformed },
  { name: 'no document', body: {}, ...notValid },
  { name: 'a document that is none', body: query('drop table tasks'), ...malformed },
  { name: 'a body that is no JSON', body: '{"query": ', ...malformed },
  { name: 'a body of two megabytes', body: query('x'.repeat(2_000_000)), status: 413, code: 'PAYLOAD_TOO_LARGE' },
];
