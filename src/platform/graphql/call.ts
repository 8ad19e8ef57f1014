import type { GraphQLResolveInfo } from 'graphql';
import { Kind, OperationTypeNode } from 'graphql';
import { hash } from 'node:crypto';
import type { Idempotency, Session } from '../auth/session.js';
import { Fault, invalid } from '../faults/fault.js';
import type { ApiRequest } from '../http/request.js';
import type { FilterRequest, FilterRules, ListRequest, ListRules } from '../schema/list-request.js';
import type { ListPage } from '../schema/list-run.js';
import { nextCursor, rowCursors } from '../schema/list-statement.js';
import type { Shape } from '../schema/field.js';
import { fieldsOf } from '../schema/field.js';
import { filterRequestOf, listRequestOf } from '../schema/typed-list.js';
import type { Subscriber } from './subscriber.js';
import type { Related, Row } from './related.js';
import { columnsFor } from './related.js';
import type { Selection } from './selection.js';
import { NOTHING, merged, selectionOf } from './selection.js';

/** The context of every resolver. */
export interface GraphqlContext {
  readonly request: ApiRequest & { session?: Session };
  readonly related: Related;
  /** Only for a request over a WebSocket. */
  readonly subscriber?: Subscriber;
}

type Arguments = Readonly<Record<string, unknown>>;

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** A key identifies one field and its arguments, so each mutation of a request needs its own. */
function idempotencyOf({ request }: GraphqlContext, field: string, args: Arguments): Idempotency | null {
  const { idempotencyKey: key, ...rest } = args;
  if (key === undefined || key === null) return null;
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw invalid([
      { path: 'idempotencyKey', message: 'must be 1 to 255 visible ASCII characters', code: 'INVALID_PARAMETER' },
    ]);
  }
  const { state } = request;
  return {
    key,
    fingerprint: hash('sha256', `graphql ${field}\n${JSON.stringify(rest)}`, 'hex'),
    requestId: state.requestId,
    timestamp: state.receivedAt,
    onReplay: (first) => {
      state.replay = first;
    },
  };
}

function sessionOf(context: GraphqlContext, info: GraphQLResolveInfo, args: Arguments): Session {
  const { session } = context.request;
  if (!session) throw new Fault('FORBIDDEN');
  if (info.operation.operation !== OperationTypeNode.MUTATION) return session;
  const idempotency = idempotencyOf(context, info.fieldName, args);
  const several =
    info.operation.selectionSet.selections.length > 1 || info.operation.selectionSet.selections[0]?.kind !== Kind.FIELD;
  if (session.idempotency && several) {
    throw invalid([
      {
        path: 'header.Idempotency-Key',
        message: 'identifies one mutation; give each mutation its own idempotencyKey',
        code: 'INVALID_HEADER',
      },
    ]);
  }
  return {
    ...session,
    dryRun: session.dryRun || args.dryRun === true,
    idempotency: idempotency ?? session.idempotency,
  };
}

export interface Connection {
  readonly edges: readonly { readonly node: Row; readonly cursor: string }[];
  readonly nodes: readonly Row[];
  readonly pageInfo: Readonly<Record<string, unknown>>;
  readonly totalCount: number | null;
  readonly totalIsEstimate: boolean;
}

/** One call of a resolver: its session, arguments and selection. */
export class Call {
  readonly session: Session;

  constructor(
    readonly args: Arguments,
    private readonly context: GraphqlContext,
    private readonly info: GraphQLResolveInfo,
  ) {
    this.session = sessionOf(context, info, args);
  }

  /** The connection of a subscription. */
  get subscriber(): Subscriber {
    if (!this.context.subscriber) throw new Fault('RULE_VIOLATED', 'A subscription needs a WebSocket.');
    return this.context.subscriber;
  }

  get input(): unknown {
    return this.args.input ?? undefined;
  }

  /** The version that the change is based on. */
  get ifMatch(): number | null {
    return (this.args.ifMatch as number | null | undefined) ?? null;
  }

  /** The fence of the lease that the change is made under. */
  get fence(): number | null {
    return (this.args.fence as number | null | undefined) ?? null;
  }

  /** The selected columns of a row. */
  columns(shape: Shape): readonly string[] {
    return columnsFor(shape, this.selection());
  }

  /** The list request of the arguments and the selection. */
  list(rules: ListRules): ListRequest {
    const selection = this.selection();
    const wants = {
      fields: columnsFor(rules.shape, rowsOf(selection)),
      total: selection.has('totalCount') || selection.has('totalIsEstimate'),
      edges: selection.has('edges') || (selection.get('pageInfo')?.inner.has('startCursor') ?? false),
    };
    return listRequestOf(rules, { ...this.args, wants });
  }

  /** The filters of the arguments. */
  filter(rules: FilterRules): FilterRequest {
    return filterRequestOf(rules, this.args);
  }

  /** Parses rows from PostgreSQL and adds the selected related rows. */
  async value(shape: Shape, json: string): Promise<Row | Row[]> {
    const value = JSON.parse(json) as Row | Row[];
    await this.fill(shape, [value].flat(), this.selection());
    return value;
  }

  /**
   * The receipt of a write, with the full row in `part`. `part` is null when the caller may not read the row.
   */
  async receipt(shape: Shape, part: string, json: string): Promise<Row> {
    const row = JSON.parse(json) as Row;
    if (!fieldsOf(shape).every(({ name }) => Object.hasOwn(row, name))) return row;
    await this.fill(shape, [row], this.selection(part));
    return { ...row, [part]: row };
  }

  async page(shape: Shape, { page, request, totalIsEstimate }: ListPage): Promise<Connection> {
    const nodes = JSON.parse(`[${page.data}]`) as Row[];
    await this.fill(shape, nodes, rowsOf(this.selection()));
    const cursors = request.edges ? rowCursors(page, request) : [];
    const last = page.last === null ? null : nextCursor({ ...page, more: true }, request);
    return {
      nodes,
      edges: cursors.map((cursor, index) => ({ node: nodes[index] ?? {}, cursor })),
      pageInfo: {
        hasNextPage: page.more,
        hasPreviousPage: request.offset > 0 || (request.after?.length ?? 0) > 0,
        startCursor: cursors[0] ?? null,
        endCursor: cursors.at(-1) ?? last,
      },
      totalCount: page.total,
      totalIsEstimate,
    };
  }

  private async fill(shape: Shape, rows: readonly Row[], selection: Selection): Promise<void> {
    await this.context.related.fill(this.session, shape, rows, selection, this.info.variableValues);
  }

  /** The selection, or the selection below one field of it. */
  private selection(part?: string): Selection {
    const whole = selectionOf(this.info);
    return part === undefined ? whole : (whole.get(part)?.inner ?? NOTHING);
  }
}

/** The selection of a connection's rows, in `nodes` and in `edges`. */
function rowsOf(selection: Selection): Selection {
  return merged(selection.get('nodes')?.inner, selection.get('edges')?.inner.get('node')?.inner);
}
