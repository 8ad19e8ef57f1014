/**
 * The nodes of a plan (EXPLAIN with ANALYZE and FORMAT JSON) that read rows to throw them away: those that a filter
 * removes, and those that a join reads as a whole and finds no partner for.
 * @returns for each, its type and how many rows it discarded and passed on, over all its runs
 */
export function discardingNodes(plan) {
  const found = [];
  const visit = (node) => {
    const discarded = (removed(node) + unmatched(node)) * runsOf(node);
    if (discarded > 0) {
      const relation = node['Relation Name'] ?? node['Function Name'] ?? '';
      found.push({ node: `${node['Node Type']} ${relation}`.trim(), discarded, passed: rowsOf(node) });
    }
    for (const child of node.Plans ?? []) visit(child);
  };
  visit(plan);
  return found;
}

/** Rows that a plan discarded for each row that it returned; a plan that returns nothing counts as returning one. */
export function wasteOf(plan, returned) {
  const discarded = discardingNodes(plan).reduce((sum, node) => sum + node.discarded, 0);
  return discarded / Math.max(returned, 1);
}

const REMOVED = ['Rows Removed by Filter', 'Rows Removed by Join Filter', 'Rows Removed by Index Recheck'];
const WHOLE = new Set(['Hash Join', 'Merge Join']);

const runsOf = (node) => node['Actual Loops'] ?? 1;
const rowsOf = (node) => (node['Actual Rows'] ?? 0) * runsOf(node);

function removed(node) {
  return REMOVED.reduce((sum, name) => sum + (node[name] ?? 0), 0);
}

function unmatched(node) {
  if (!WHOLE.has(node['Node Type'])) return 0;
  const inputs = (node.Plans ?? []).filter((child) => ['Outer', 'Inner'].includes(child['Parent Relationship']));
  const read = Math.max(0, ...inputs.map(rowsOf));
  return Math.max(0, read - rowsOf(node)) / Math.max(runsOf(node), 1);
}
