/**
 * The nodes of a plan (EXPLAIN with ANALYZE and FORMAT JSON) that read rows to throw them away.
 * @returns for each, its type and how many rows it discarded and passed on, over all its runs
 */
export function discardingNodes(plan) {
  const found = [];
  const visit = (node) => {
    const runs = node['Actual Loops'] ?? 1;
    const discarded =
      ((node['Rows Removed by Filter'] ?? 0) +
        (node['Rows Removed by Join Filter'] ?? 0) +
        (node['Rows Removed by Index Recheck'] ?? 0)) *
      runs;
    if (discarded > 0) {
      const relation = node['Relation Name'] ?? node['Function Name'] ?? '';
      found.push({ node: `${node['Node Type']} ${relation}`.trim(), discarded, passed: node['Actual Rows'] * runs });
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
