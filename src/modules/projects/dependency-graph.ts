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

/** Takes away what depends on nothing, again and again: only cycles, and what waits for them, are left. */
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
 * app.refuse_dependency_cycle refuses a cycle whichever way it comes. An import has to drop the one edge and keep the rest,
 * which a refusal cannot do, so it decides here, under the same lock, and the trigger takes its word for it.
 *
 * Which of the new edges can be added without closing a cycle; earlier ones win. One walk decides the usual case, where
 * all of them can: asking for each edge alone takes a walk per edge.
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
