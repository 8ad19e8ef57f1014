/** A class with field decorators. */
export type Shape<T = object> = abstract new (...args: never[]) => T;

/** A class and its ancestors, ancestors first. */
export function lineage(shape: Shape): readonly object[] {
  const chain: object[] = [];
  for (let at: object | null = shape; at; at = Object.getPrototypeOf(at) as object | null) chain.unshift(at);
  return chain;
}
