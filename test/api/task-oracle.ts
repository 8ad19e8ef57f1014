import fc from 'fast-check';

/** A task as SQL returns it, for the plain filter over all rows. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly stage: string | null;
  readonly type: string;
  readonly priority: number;
  readonly complexityScore: number;
  readonly projectKey: string | null;
  readonly list: string | null;
  readonly ref: string | null;
  readonly parentTaskId: string | null;
  readonly assigneeId: string | null;
  readonly assignedTo: string | null;
  readonly createdBy: string | null;
  readonly tags: readonly string[];
  /** Microseconds since 1970, because a JavaScript date would round them. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly dueDate: number | null;
  readonly remindAt: number | null;
  readonly completedAt: number | null;
}

const micros = (column: string): string => `(extract(epoch from ${column}) * 1000000)::float8`;

export const ORACLE = `select
  id, title, status, stage, type, priority, complexity_score as "complexityScore", project_key as "projectKey", list, ref,
  parent_task_id as "parentTaskId", assignee_id as "assigneeId", assigned_to as "assignedTo", created_by as "createdBy",
  tags, ${micros('created_at')} as "createdAt", ${micros('updated_at')} as "updatedAt", ${micros('due_date')} as "dueDate",
  ${micros('remind_at')} as "remindAt", ${micros('completed_at')} as "completedAt"
from public.tasks
where team_id = $1
  and deleted_at is null`;

/** One query parameter and the predicate of its matching rows. */
export interface Condition {
  readonly name: string;
  readonly value: string;
  readonly holds: (row: Row) => boolean;
}

export interface Order {
  readonly field: keyof Row;
  readonly descending: boolean;
}

type Choices = Readonly<Record<'status' | 'stage' | 'type' | 'projectKey' | 'list' | 'assignedTo', readonly string[]>>;

function equalTo(field: keyof Row, values: readonly (string | number | null)[]): fc.Arbitrary<Condition> {
  return fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }).map((wanted) => ({
    name: field,
    value: wanted.map(String).join(','),
    holds: (row) => wanted.includes(row[field] as string | number | null),
  }));
}

const comparisons = {
  Above: (value: number, bound: number) => value > bound,
  Min: (value: number, bound: number) => value >= bound,
  Below: (value: number, bound: number) => value < bound,
  Max: (value: number, bound: number) => value <= bound,
};
const ofInstants = { After: 'Above', From: 'Min', Before: 'Below', Until: 'Max' } as const;

/** The words of other tools, which filters take as inputs do. A word for a stage is not its status. */
const statusWords: Readonly<Record<string, (row: Row) => boolean>> = {
  todo: ({ status }) => status === 'pending',
  'in-progress': ({ status }) => status === 'in_progress',
  done: ({ status }) => status === 'completed',
  review: ({ stage }) => stage === 'review',
  blocked: ({ stage }) => stage === 'blocked',
  deferred: ({ stage }) => stage === 'deferred',
  failed: ({ status }) => status === 'failed',
};
const priorityWords: Readonly<Record<string, (row: Row) => boolean>> = {
  low: ({ priority }) => priority === 2,
  medium: ({ priority }) => priority === 5,
  high: ({ priority }) => priority === 8,
  critical: ({ priority }) => priority === 10,
  '3': ({ priority }) => priority === 3,
};

function named(name: string, words: Readonly<Record<string, (row: Row) => boolean>>): fc.Arbitrary<Condition> {
  return fc.uniqueArray(fc.constantFrom(...Object.keys(words)), { minLength: 1, maxLength: 3 }).map((wanted) => ({
    name,
    value: wanted.join(','),
    holds: (row) => wanted.some((word) => words[word]?.(row) ?? false),
  }));
}

function between(field: 'priority' | 'complexityScore'): fc.Arbitrary<Condition> {
  return fc
    .tuple(fc.constantFrom('Above', 'Min', 'Below', 'Max'), fc.integer({ min: 0, max: 10 }))
    .map(([form, bound]) => ({
      name: `${field}${form}`,
      value: String(bound),
      holds: (row) => comparisons[form](row[field], bound),
    }));
}

type Instant = 'createdAt' | 'updatedAt' | 'dueDate' | 'remindAt' | 'completedAt';

function around(field: Instant, instants: readonly number[]): fc.Arbitrary<Condition> {
  const forms = fc.constantFrom('After', 'From', 'Before', 'Until');
  return fc.tuple(forms, fc.constantFrom(...instants), fc.boolean()).map(([form, micro, exact]) => {
    const bound = exact ? micro : micro + 1_500;
    const seconds = new Date(Math.floor(bound / 1_000_000) * 1000).toISOString().slice(0, 19);
    return {
      name: `${field.replace(/(At|Date)$/, '')}${form}`,
      value: `${seconds}.${String(bound % 1_000_000).padStart(6, '0')}Z`,
      // A row without the instant is neither before nor after anything.
      holds: (row) => row[field] !== null && comparisons[ofInstants[form]](row[field], bound),
    };
  });
}

/** Every filter of the grammar, with values that occur, values that do not, and null. */
export function conditions(rows: readonly Row[], words: Choices, tags: readonly string[]): fc.Arbitrary<Condition> {
  const occurring = (field: keyof Row): (string | null)[] => [
    ...new Set(rows.map((row) => row[field] as string | null)),
  ];
  const ids = occurring('id').slice(0, 20);
  const instants = (field: Instant): number[] =>
    rows.flatMap((row) => (row[field] === null ? [] : [row[field]])).slice(0, 50);
  return fc.oneof(
    equalTo('status', words.status),
    equalTo('stage', [...words.stage, null]),
    equalTo('type', words.type),
    equalTo('projectKey', [...words.projectKey, null]),
    equalTo('list', [...words.list, null]),
    equalTo('assignedTo', [...words.assignedTo, null]),
    equalTo('ref', occurring('ref')),
    equalTo('id', ids),
    equalTo('parentTaskId', occurring('parentTaskId')),
    equalTo('assigneeId', occurring('assigneeId')),
    equalTo('createdBy', occurring('createdBy')),
    equalTo('priority', [0, 1, 5, 10]),
    equalTo('complexityScore', [1, 5, 10]),
    named('status', statusWords),
    named('priority', priorityWords),
    between('priority'),
    between('complexityScore'),
    ...(['createdAt', 'updatedAt', 'dueDate', 'remindAt', 'completedAt'] as const).map((field) =>
      around(field, instants(field)),
    ),
    fc.uniqueArray(fc.constantFrom(...tags), { minLength: 1, maxLength: 2 }).map((wanted) => ({
      name: 'tags',
      value: wanted.join(','),
      holds: (row: Row) => wanted.every((tag) => row.tags.includes(tag)),
    })),
  );
}

const sortable: readonly (keyof Row)[] = [
  'list',
  'ref',
  'title',
  'status',
  'priority',
  'complexityScore',
  'dueDate',
  'createdAt',
  'updatedAt',
  'completedAt',
];

export const orders: fc.Arbitrary<Order[]> = fc.uniqueArray(
  fc.record({ field: fc.constantFrom(...sortable), descending: fc.boolean() }),
  { selector: ({ field }) => field, minLength: 1, maxLength: 3 },
);

export const sortParameter = (order: readonly Order[]): string =>
  order.map(({ field, descending }) => `${descending ? '-' : ''}${field}`).join(',');

const INSTANTS = new Set<keyof Row>(['dueDate', 'createdAt', 'updatedAt', 'completedAt']);

/** Nulls sort last when ascending by time, and first when ascending by anything else. */
function keyOf(row: Row, field: keyof Row): readonly (string | number)[] {
  const value = row[field];
  if (field === 'ref') return value === null ? [] : String(value).split('.').map(Number);
  if (value === null) return [INSTANTS.has(field) ? Infinity : ''];
  return [value as string | number];
}

function compare(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  for (const [index, value] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    if (value !== against) return value < against ? -1 : 1;
  }
  return one.length - other.length;
}

/** The ids in the required order; the id is the tie-breaker, in the direction of the last key. */
export function sortedIds(rows: readonly Row[], order: readonly Order[]): string[] {
  const keys = [...order, { field: 'id' as const, descending: order.at(-1)?.descending ?? false }];
  return [...rows]
    .sort((one, other) => {
      for (const { field, descending } of keys) {
        const difference = compare(keyOf(one, field), keyOf(other, field));
        if (difference !== 0) return descending ? -difference : difference;
      }
      return 0;
    })
    .map((row) => row.id);
}
