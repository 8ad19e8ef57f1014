import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { OperationTypeNode, execute, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { CompiledQuery } from 'graphql-jit';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { invalid } from '../faults/fault.js';
import type { GraphqlContext } from './call.js';
import { operationOf, parseDocument, withinLimits } from './document-limits.js';

/** A document or variables that are invalid. */
export class RefusedDocument extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super('The document was refused.');
  }
}

export type Variables = Readonly<Record<string, unknown>>;

interface Known {
  readonly document: DocumentNode;
  /** Whether the cost depends on variables and is computed for each request. */
  readonly costVaries: boolean;
  /** Null until the document is used again, because compiling costs more than a single run saves. */
  compiled: CompiledQuery | null;
}

/** Cached documents, bounded by number and by the length of their texts. */
const KEPT = { max: 500, characters: 1_000_000 };

/** Suggestions would reveal names of the schema. */
const VALIDATION = { maxErrors: 20, hideSuggestions: true };

/** Parses and checks a document once, enforces the limits, and compiles documents that are repeated. */
export class Engine {
  private readonly known = new LRUCache<string, Known>({
    max: KEPT.max,
    maxSize: KEPT.characters,
    sizeCalculation: (_, text) => Math.max(text.length, 1),
  });

  constructor(
    readonly schema: GraphQLSchema,
    private readonly introspection: boolean,
  ) {}

  /**
   * Runs the only operation of a document.
   * @throws Fault MALFORMED_BODY, QUERY_TOO_COMPLEX, VALIDATION_FAILED; RefusedDocument
   */
  async run(
    text: string,
    context: GraphqlContext,
    variables: Variables,
    operationName?: string,
  ): Promise<ExecutionResult> {
    const known = this.known.get(text);
    const { document, compiled } = known ? this.again(known, variables) : this.first(text, variables);
    const operation = operationOf(document);
    if (operationName !== undefined && operation.name?.value !== operationName) {
      throw invalid([
        { path: 'operationName', message: 'is not the name of the operation', code: 'INVALID_PARAMETER' },
      ]);
    }
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      throw invalid([
        { path: 'query', message: 'is a subscription; subscriptions require a WebSocket', code: 'INVALID_DOCUMENT' },
      ]);
    }
    const result = await (compiled
      ? compiled.query({}, context, variables)
      : execute({ schema: this.schema, document, contextValue: context, variableValues: variables }));
    // Without data nothing has run, because the variables are invalid.
    if (result.data === undefined)
      throw new RefusedDocument(this.wrongVariables(operation, variables) ?? result.errors ?? []);
    return result;
  }

  /** The errors of graphql-js: compiled documents name neither the path of a wrong variable nor the reason. */
  private wrongVariables(
    operation: OperationDefinitionNode,
    variables: Variables,
  ): readonly GraphQLError[] | undefined {
    return getVariableValues(this.schema, operation.variableDefinitions ?? [], variables).errors;
  }

  /** Parses and checks a document without running it. @throws as `run` */
  read(text: string, variables: Variables): DocumentNode {
    const known = this.known.get(text);
    return (known ? this.again(known, variables) : this.first(text, variables)).document;
  }

  private first(text: string, variables: Variables): Known {
    const document = parseDocument(text);
    const costVaries = withinLimits(document, this.schema, variables, this.introspection);
    const errors = validate(this.schema, document, undefined, VALIDATION);
    if (errors.length > 0) throw new RefusedDocument(errors);
    const known: Known = { document, costVaries, compiled: null };
    this.known.set(text, known);
    return known;
  }

  private again(known: Known, variables: Variables): Known {
    if (known.costVaries) withinLimits(known.document, this.schema, variables, this.introspection);
    if (!known.compiled && operationOf(known.document).operation !== OperationTypeNode.SUBSCRIPTION) {
      const compiled = compileQuery(this.schema, known.document);
      if (isCompiledQuery(compiled)) known.compiled = compiled;
    }
    return known;
  }
}
