import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { FieldNode, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { Kind, OperationTypeNode, executeSync } from 'graphql';
import { getArgumentValues, getVariableValues } from 'graphql/execution/values.js';
import { Authenticator } from '../credentials/authenticator.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Fault, invalid } from '../faults/fault.js';
import type { ApiRequest } from '../http/request.js';
import type { GraphqlContext } from './call.js';
import type { DocumentRequest } from './documents.js';
import { Documents } from './documents.js';
import { operationOf } from './document-limits.js';
import { Engine, RefusedDocument } from './engine.js';
import type { Variables } from './engine.js';
import { GraphqlErrors } from './graphql-errors.js';
import { Related } from './related.js';
import type { RootField } from './resolvers.js';
import { subscribe } from './resolvers.js';
import { SchemaBuilder } from './schema-builder.js';
import type { RunningSubscription, Subscriber } from './subscriber.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

/** A request, by POST or WebSocket. */
export interface Operation extends DocumentRequest {
  readonly variables: Variables;
  readonly operationName: string | undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';

function member<T>(
  body: Record<string, unknown>,
  name: string,
  fits: (value: unknown) => value is T,
  what: string,
): T | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (fits(value)) return value;
  throw invalid([{ path: name, message: `must be ${what}`, code: 'INVALID_PARAMETER' }]);
}

/** Reads the members of a request. @throws Fault VALIDATION_FAILED */
export function readOperation(body: unknown): Operation {
  if (!isObject(body)) {
    const message = Array.isArray(body) ? 'must be one request; batches are not supported' : 'must be a JSON object';
    throw invalid([{ path: 'body', message, code: 'IS_OBJECT' }]);
  }
  const persisted = member(body, 'extensions', isObject, 'an object')?.['persistedQuery'];
  return {
    query: member(body, 'query', isText, 'a text'),
    variables: member(body, 'variables', isObject, 'an object') ?? {},
    operationName: member(body, 'operationName', isText, 'a text'),
    sha256: isObject(persisted) ? member(persisted, 'sha256Hash', isText, 'a text') : undefined,
  };
}

function send(request: ApiRequest, reply: FastifyReply, status: number, answer: object): FastifyReply {
  const asked = request.headers.accept?.includes('application/graphql-response+json') ?? false;
  return reply
    .code(status)
    .header('content-type', asked ? GRAPHQL_TYPE : JSON_TYPE)
    .send(JSON.stringify(answer));
}

function notSubscribed(): Fault {
  const message = 'must be a subscription; send queries and mutations by POST';
  return invalid([{ path: 'query', message, code: 'INVALID_DOCUMENT' }]);
}

/** Builds the schema of all resolvers and answers requests. */
@Injectable()
export class GraphqlService {
  private readonly documents: Documents;
  private opened: Engine | null = null;
  /** Every root field. */
  fields: readonly RootField[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly authenticator: Authenticator,
    private readonly builder: SchemaBuilder,
    private readonly errors: GraphqlErrors,
    private readonly related: Related,
  ) {
    this.documents = new Documents(config.graphql.trustedDocuments);
  }

  /** Builds the schema from the decorators of the resolvers. */
  async open(resolvers: readonly object[]): Promise<void> {
    const { schema, fields } = await this.builder.build(resolvers);
    this.fields = fields;
    this.opened = new Engine(schema, this.config.graphql.introspection);
  }

  get schema(): GraphQLSchema {
    return this.engine.schema;
  }

  private get engine(): Engine {
    if (!this.opened) throw new Error('The schema was not built.');
    return this.opened;
  }

  async answer(request: ApiRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      return await this.run(request, reply);
    } catch (error) {
      return this.refuse(error, request, reply);
    }
  }

  /** A failure of the whole request. */
  refuse(error: unknown, request: ApiRequest, reply: FastifyReply): FastifyReply {
    const { fault, errors } = this.errors.refusal(error, request.state.requestId);
    if (fault.code === 'UNAUTHENTICATED') this.authenticator.forget(request.headers);
    // Clients of persisted queries treat any status except 200 as a broken connection.
    const status = fault.code === 'PERSISTED_QUERY_NOT_FOUND' ? 200 : fault.status;
    return send(request, reply.headers(fault.headers), status, { errors });
  }

  /** The errors of a request that was refused, for surfaces without a status. */
  refused(error: unknown, requestId: string): readonly object[] {
    return this.errors.refusal(error, requestId).errors;
  }

  /** Reads and checks a subscription. @throws Fault, RefusedDocument */
  subscription(payload: unknown, subscriber: Subscriber): RunningSubscription {
    const { variables, operationName: _name, ...asked } = readOperation(payload);
    const document = this.engine.read(this.documents.textOf(asked), variables);
    const operation = operationOf(document);
    const [node] = operation.selectionSet.selections;
    const type = this.schema.getSubscriptionType();
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION || node?.kind !== Kind.FIELD || !type)
      throw notSubscribed();
    const field = this.fields.find(({ kind, name }) => kind === 'Subscription' && name === node.name.value);
    const definition = type.getFields()[node.name.value];
    if (!field || !definition) throw new Fault('INTERNAL');
    const { coerced, errors } = getVariableValues(this.schema, operation.variableDefinitions ?? [], variables);
    if (!coerced) throw new RefusedDocument(errors);
    const args = getArgumentValues(definition, node, coerced);
    const context = this.contextOf(subscriber);
    const info = {
      operation,
      fieldName: node.name.value,
      fieldNodes: [node] as FieldNode[],
      fragments: {},
      variableValues: coerced,
    };
    return {
      start: () => subscribe(field, args, context, info as unknown as GraphQLResolveInfo),
      result: (event) =>
        executeSync({
          schema: this.schema,
          document,
          variableValues: variables,
          rootValue: { [node.name.value]: event },
        }),
      document,
    };
  }

  private contextOf(subscriber: Subscriber): GraphqlContext {
    const { session } = subscriber;
    // A WebSocket has no HTTP request, and the permission check needs only the state and the session.
    const request = { session, state: { identity: session, refusal: null } } as unknown as GraphqlContext['request'];
    return { request, related: this.related, subscriber };
  }

  private async run(request: ApiRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { identity, refusal, requestId } = request.state;
    // Checked before the document is parsed, so that unauthenticated callers cost nothing.
    if (!identity) throw refusal ?? new Fault('UNAUTHENTICATED', 'Send X-API-Key or Authorization: Bearer.');
    const { variables, operationName, ...asked } = readOperation(request.body);
    const context: GraphqlContext = { request, related: this.related };
    const { data, errors } = await this.engine.run(this.documents.textOf(asked), context, variables, operationName);
    if (request.state.replay) reply.header('idempotency-replayed', 'true');
    if (!errors) return send(request, reply, 200, { data });
    if (errors.some((error) => this.errors.isUnauthenticated(error))) this.authenticator.forget(request.headers);
    return send(request, reply, 200, { data, errors: errors.map((error) => this.errors.ofField(error, requestId)) });
  }
}
