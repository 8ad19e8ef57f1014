import type pg from 'pg';

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface NestedPlan {
  readonly query: string;
  readonly nodes: readonly PlanNode[];
}

interface Explained {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Lets this session of a superuser report the plans of its statements and of those that they cause. */
export async function reportPlans(client: pg.Client): Promise<void> {
  await client.query(`load 'auto_explain'`);
  for (const [name, value] of [
    ['log_min_duration', '0'],
    ['log_nested_statements', 'on'],
    ['log_analyze', 'on'],
    ['log_format', 'json'],
    ['log_level', 'notice'],
  ]) {
    await client.query('select set_config($1, $2, false)', [`auto_explain.${name}`, value]);
  }
}

/** The plans of the statement and of all that its triggers run. */
export async function nestedPlans(
  client: pg.Client,
  text: string,
  values: readonly unknown[] = [],
): Promise<NestedPlan[]> {
  const found: NestedPlan[] = [];
  const onNotice = ({ message = '' }: { message?: string }): void => {
    const start = message.indexOf('{');
    if (start < 0) return;
    const explained = JSON.parse(message.slice(start)) as Explained;
    found.push({ query: explained['Query Text'], nodes: nodesOf(explained.Plan) });
  };
  client.on('notice', onNotice);
  await client.query(text, [...values]);
  client.off('notice', onNotice);
  return found;
}

/** The rows that all nodes of the plans read, those that they discarded included. */
export function rowsRead(plans: readonly NestedPlan[]): number {
  const read = (node: PlanNode): number =>
    (node['Actual Loops'] ?? 0) *
    ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0) + (node['Rows Removed by Filter'] ?? 0));
  return plans.flatMap(({ nodes }) => nodes).reduce((sum, node) => sum + read(node), 0);
}
