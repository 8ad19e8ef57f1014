import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { GraphQLError, Kind, getNamedType, isObjectType, parse, visit } from 'graphql';
import { Fault, invalid } from '../faults/fault.js';
import { isRelation } from './relation.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../schema/list-request.js';

/** Limits of one document. Checked before validation, whose cost grows with the square of the document's size. */
export const LIMITS = {
  characters: 100_000,
  tokens: 1_000,
  depth: 8,
  aliases: 15,
  directives: 50,
  cost: 1_000,
  /** Occurrences of one response name in a selection. Validation compares them pairwise. */
  repeats: 10,
} as const;

/** A root field costs at least one statement. */
const ROOT_COST = 10;
/** Rows that cost as much as one field. */
const ROWS_PER_POINT = 10;

export function tooComplex(what: string, most: number): Fault {
  return new Fault('QUERY_TOO_COMPLEX', `A document may have at most ${most} ${what}.`);
}

/** @throws Fault QUERY_TOO_COMPLEX, MALFORMED_BODY */
export function parseDocument(text: string): DocumentNode {
  if (text.length > LIMITS.characters) throw tooComplex('characters', LIMITS.characters);
  try {
    return parse(text, { maxTokens: LIMITS.tokens });
  } catch (error) {
    if (error instanceof GraphQLError && /tokens/.test(error.message)) throw tooComplex('tokens', LIMITS.tokens);
    const [at] = error instanceof GraphQLError ? (error.locations ?? []) : [];
    const where = at ? ` (line ${at.line}, column ${at.column})` : '';
    throw new Fault('MALFORMED_BODY', `The document is not GraphQL${where}.`, { cause: error });
  }
}

function findOperationProblem(document: DocumentNode): Fault | null {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const others = document.definitions.length - operations.length;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  if (operations.length === 1 && others === fragments.length) return null;
  const message = 'must contain exactly one operation, and otherwise only fragments';
  return invalid([{ path: 'query', message, code: 'NOT_ONE_OPERATION' }]);
}

function limitAliasesAndDirectives(document: DocumentNode): void {
  let aliases = 0;
  let directives = 0;
  visit(document, {
    Field: (node) => {
      if (node.alias) aliases += 1;
    },
    Directive: () => {
      directives += 1;
    },
  });
  if (aliases > LIMITS.aliases) throw tooComplex('aliases', LIMITS.aliases);
  if (directives > LIMITS.directives) throw tooComplex('directives', LIMITS.directives);
}

type Variables = Readonly<Record<string, unknown>>;

interface SelectionContext {
  readonly type: GraphQLNamedType | undefined;
  readonly depth: number;
  /** How many times the selection may be answered. */
  readonly rows: number;
  /** Fragments on the path, to detect one that contains itself. */
  readonly open: readonly string[];
}

/** Walks a document like an executor, with fragments expanded. It stops at the first limit, so its steps are bounded. */
class Walk {
  usesVariables = false;
  private cost = 0;
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(
    document: DocumentNode,
    private readonly variables: Variables,
    private readonly introspection: boolean,
  ) {
    const found = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(found.map((one) => [one.name.value, one]));
  }

  selection(set: SelectionSetNode, context: SelectionContext, seen = new Map<string, number>()): void {
    for (const one of set.selections) {
      if (one.kind === Kind.FIELD) this.field(one, context, seen);
      else if (one.kind === Kind.INLINE_FRAGMENT) {
        this.spend(1);
        this.selection(one.selectionSet, context, seen);
      } else this.spread(one.name.value, context, seen);
    }
  }

  private spread(name: string, context: SelectionContext, seen: Map<string, number>): void {
    if (context.open.includes(name)) {
      throw invalid([{ path: 'query', message: `the fragment ${name} contains itself`, code: 'FRAGMENT_CYCLE' }]);
    }
    this.spend(1);
    const fragment = this.fragments.get(name);
    if (fragment) this.selection(fragment.selectionSet, { ...context, open: [...context.open, name] }, seen);
  }

  private field(node: FieldNode, context: SelectionContext, seen: Map<string, number>): void {
    const name = node.name.value;
    const shown = node.alias?.value ?? name;
    const repeats = (seen.get(shown) ?? 0) + 1;
    seen.set(shown, repeats);
    if (repeats > LIMITS.repeats) throw tooComplex('repetitions of one field', LIMITS.repeats);
    if (context.depth > LIMITS.depth) throw tooComplex('levels', LIMITS.depth);
    this.spend(context.depth === 1 ? ROOT_COST : 1);
    if (name === '__schema' || name === '__type') {
      // The limit of tokens and graphql-js's own rule on depth bound it.
      if (this.introspection) return;
      throw invalid([{ path: 'query', message: 'introspection is disabled', code: 'INTROSPECTION_OFF' }]);
    }
    if (node.selectionSet) this.below(node, node.selectionSet, context);
  }

  private below(node: FieldNode, set: SelectionSetNode, context: SelectionContext): void {
    const field = isObjectType(context.type) ? context.type.getFields()[node.name.value] : undefined;
    const listed = field?.args.some(({ name }) => name === 'first') ?? false;
    const rows = context.rows * (listed ? this.firstOf(node) : 1);
    // A part of a row, such as the node of an edge, adds no rows.
    if (listed || isRelation(context.type?.name, node.name.value)) this.spend(rows / ROWS_PER_POINT);
    const type = field ? getNamedType(field.type) : undefined;
    this.selection(set, { ...context, type, rows, depth: context.depth + 1 });
  }

  private firstOf(node: FieldNode): number {
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    if (value?.kind === Kind.VARIABLE) this.usesVariables = true;
    const given =
      value?.kind === Kind.VARIABLE
        ? this.variables[value.name.value]
        : value?.kind === Kind.INT
          ? Number(value.value)
          : null;
    // The list refuses a value that is out of bounds.
    return typeof given === 'number' && given > 0 ? Math.min(given, LIMIT_MAX) : LIMIT_DEFAULT;
  }

  private spend(points: number): void {
    this.cost += points;
    if (this.cost > LIMITS.cost) {
      throw new Fault(
        'QUERY_TOO_COMPLEX',
        `A document may cost at most ${LIMITS.cost} points: one per field, and one per ${ROWS_PER_POINT} rows.`,
      );
    }
  }
}

/** The only operation of a document. */
export function operationOf(document: DocumentNode): OperationDefinitionNode {
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Fault('INTERNAL');
  return operation;
}

/**
 * Refuses a document that exceeds a limit, in time bounded by its length.
 * @returns whether the cost depends on variables and has to be computed for each request
 * @throws Fault QUERY_TOO_COMPLEX, VALIDATION_FAILED
 */
export function withinLimits(
  document: DocumentNode,
  schema: GraphQLSchema,
  variables: Variables,
  introspection: boolean,
): boolean {
  const problem = findOperationProblem(document);
  if (problem) throw problem;
  limitAliasesAndDirectives(document);
  const operation = operationOf(document);
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)] as const] : [],
  );
  const walk = new Walk(document, { ...Object.fromEntries(defaults), ...variables }, introspection);
  const type = schema.getRootType(operation.operation) ?? undefined;
  walk.selection(operation.selectionSet, { type, depth: 1, rows: 1, open: [] });
  return walk.usesVariables;
}
