/** A class that carries field decorators. */
export type Shape<T = object> = abstract new (...args: never[]) => T;

/** A class and its parents, the parents first. */
export function lineage(shape: Shape): readonly object[] {
  const chain: object[] = [];
  for (let at: object | null = shape; at; at = Object.getPrototypeOf(at) as object | null) chain.unshift(at);
  return chain;
}
