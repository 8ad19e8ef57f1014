/** `child` depends on `parent`. */
export interface Edge {
  readonly child: string;
  readonly parent: string;
}

type Graph = Map<string, string[]>;

function add(graph: Graph, { child, parent }: Edge): void {
  const parents = graph.get(child);
  if (parents === undefined) graph.set(child, [parent]);
  else parents.push(parent);
}

function graphOf(edges: readonly Edge[]): Graph {
  const graph: Graph = new Map();
  for (const edge of edges) add(graph, edge);
  return graph;
}

/**
 * Removes tasks without open dependencies until none is left. The remainder are cycles and the tasks that wait for
 * them.
 */
function hasCycle(edges: readonly Edge[]): boolean {
  const open = new Map<string, number>();
  const dependants = graphOf(edges.map(({ child, parent }) => ({ child: parent, parent: child })));
  for (const { child, parent } of edges) {
    open.set(child, (open.get(child) ?? 0) + 1);
    if (!open.has(parent)) open.set(parent, 0);
  }
  const free = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  let left = open.size;
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left -= 1;
    for (const dependant of dependants.get(id) ?? []) {
      const count = (open.get(dependant) ?? 0) - 1;
      open.set(dependant, count);
      if (count === 0) free.push(dependant);
    }
  }
  return left > 0;
}

function reaches(graph: Graph, from: string, to: string): boolean {
  const seen = new Set([from]);
  const stack = [from];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (id === to) return true;
    for (const parent of graph.get(id) ?? []) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      stack.push(parent);
    }
  }
  return false;
}

/**
 * Splits new edges into those that can be added and those that would close a cycle; earlier edges win.
 * The trigger app.refuse_dependency_cycle would refuse the whole import. An import must drop one edge and keep the
 * rest, so it decides here, under the same lock, and turns the check of the trigger off. One traversal decides the
 * usual case without cycles, because checking each edge alone takes one traversal per edge.
 */
export function acceptEdges(kept: readonly Edge[], added: readonly Edge[]): { accepted: Edge[]; refused: Edge[] } {
  if (!hasCycle([...kept, ...added])) return { accepted: [...added], refused: [] };
  const graph = graphOf(kept);
  const accepted: Edge[] = [];
  const refused: Edge[] = [];
  for (const edge of added) {
    if (reaches(graph, edge.parent, edge.child)) {
      refused.push(edge);
    } else {
      add(graph, edge);
      accepted.push(edge);
    }
  }
  return { accepted, refused };
}
