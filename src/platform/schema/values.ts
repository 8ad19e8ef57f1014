const meanings = new WeakMap<readonly unknown[], Readonly<Record<string, string>>>();

/** The fixed values of a field, in this order, each with what it means. Every surface shows the meanings. */
export function valuesOf<const Meanings extends Readonly<Record<string, string>>>(
  described: Meanings,
): readonly (keyof Meanings & string)[] {
  const values = Object.keys(described);
  meanings.set(values, described);
  return values;
}

/** What each of these values means; undefined for values that `valuesOf` did not make. */
export function meaningsOf(values: readonly unknown[]): Readonly<Record<string, string>> | undefined {
  return meanings.get(values);
}

/** Some of these values, with the same meanings. */
export function someOf<Value extends string, const Some extends readonly Value[]>(
  values: readonly Value[],
  ...some: Some
): Some {
  const described = meanings.get(values);
  if (described) meanings.set(some, described);
  return some;
}
