import type { FieldNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import { Kind } from 'graphql';

/** A selected field, with all of its occurrences. */
export interface Asked {
  readonly name: string;
  readonly nodes: readonly FieldNode[];
  readonly inner: Selection;
}

/** The selection below a field, with fragments expanded. Parts under `@skip` count as selected. */
export type Selection = ReadonlyMap<string, Asked>;

type Fragments = GraphQLResolveInfo['fragments'];

function collect(set: SelectionSetNode | undefined, fragments: Fragments, into: Map<string, FieldNode[]>): void {
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FIELD) {
      const { value } = selection.name;
      if (!value.startsWith('__')) into.set(value, [...(into.get(value) ?? []), selection]);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, fragments, into);
    else collect(fragments[selection.name.value]?.selectionSet, fragments, into);
  }
}

function below(nodes: readonly FieldNode[], fragments: Fragments): Selection {
  const found = new Map<string, FieldNode[]>();
  for (const node of nodes) collect(node.selectionSet, fragments, found);
  return new Map(
    [...found].map(([name, inner]) => [name, { name, nodes: inner, inner: below(inner, fragments) } satisfies Asked]),
  );
}

// Documents are cached, so each document is walked once.
const known = new WeakMap<FieldNode, Selection>();

/** The selection of a resolver. */
export function selectionOf({
  fieldNodes,
  fragments,
}: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): Selection {
  const [first] = fieldNodes;
  const cached = first && known.get(first);
  if (cached) return cached;
  const selection = below(fieldNodes, fragments);
  if (first) known.set(first, selection);
  return selection;
}

export const NOTHING: Selection = new Map();

/** Merges two selections, for rows that were selected in two places. */
export function merged(one: Selection | undefined, other: Selection | undefined): Selection {
  if (!one || !other) return one ?? other ?? NOTHING;
  const names = new Set([...one.keys(), ...other.keys()]);
  return new Map(
    [...names].map((name) => {
      const [a, b] = [one.get(name), other.get(name)];
      return [name, { name, nodes: [...(a?.nodes ?? []), ...(b?.nodes ?? [])], inner: merged(a?.inner, b?.inner) }];
    }),
  );
}
