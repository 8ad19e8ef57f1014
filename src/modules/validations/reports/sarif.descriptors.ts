import type { Json } from './sarif.model.js';
import { at, indexOf, isGiven, listOf, objectOf, textOf } from './sarif.model.js';

/** A reference to a descriptor (3.52). */
export interface Reference {
  readonly id: string | null;
  readonly index: number | null;
  readonly guid: string | null;
  readonly toolComponent: unknown;
}

export interface Resolved {
  /** The rule or the kind of notification; null if the file does not describe it. */
  readonly descriptor: Json | null;
  /** The driver or extension that it belongs to. */
  readonly component: Json;
  /** Whether the reference points to something that is not there, so that nobody knows what it says. */
  readonly isBroken: boolean;
}

const LEVELS: readonly unknown[] = ['error', undefined, null, 'warning', 'note', 'none'];

const same = (guid: string, other: unknown): boolean => textOf(other)?.toLowerCase() === guid.toLowerCase();
const idsOf = (descriptor: Json): string[] =>
  [descriptor.id, descriptor.name, ...listOf(descriptor.deprecatedIds)].flatMap((id) => textOf(id) ?? []);

/** A result may use a more specific id than its rule (3.27.5): `CA1000/1` is described as `CA1000`. */
function isNamed(descriptor: Json, id: string): boolean {
  return idsOf(descriptor).some((own) => own === id || id.startsWith(`${own}/`));
}

export function referenceOf(value: unknown): Reference {
  const { id, index, guid, toolComponent } = objectOf(value);
  return { id: textOf(id), index: indexOf(index), guid: textOf(guid), toolComponent };
}

/** Finds the rules, or the kinds of notification, of a run: those of its driver and of its extensions. */
export class SarifDescriptors {
  readonly #driver: Json;
  readonly #extensions: readonly Json[];
  readonly #byId = new Map<Json, Map<string, Json>>();
  /** Whether the descriptors lie in another file, which was not sent along. */
  readonly #isElsewhere: boolean;

  constructor(
    run: Json,
    private readonly list: 'rules' | 'notifications',
  ) {
    this.#driver = objectOf(at(run, 'tool', 'driver'));
    this.#extensions = listOf(at(run, 'tool', 'extensions')).map(objectOf);
    const elsewhere = objectOf(run.externalPropertyFileReferences);
    this.#isElsewhere = isGiven(elsewhere.driver) || listOf(elsewhere.extensions).length > 0;
  }

  /** A descriptor is found only under its own name: an index that contradicts the id or the guid is not followed. */
  resolve(reference: Reference): Resolved {
    const named = this.#componentsOf(reference.toolComponent);
    for (const component of named ?? [this.#driver]) {
      const descriptor = this.#within(component, reference);
      if (descriptor) return { descriptor, component, isBroken: false };
    }
    const { id, index, guid } = reference;
    if (named === null) {
      const others = this.#extensions.flatMap((component) => {
        const descriptor = this.#within(component, { ...reference, index: null });
        return descriptor ? [{ descriptor, component, isBroken: false }] : [];
      });
      if (others.length === 1 && others[0]) return others[0];
    }
    const isPointer = index !== null || guid !== null || named !== null;
    const isBroken = isPointer || (this.#isElsewhere && id !== null);
    return { descriptor: null, component: named?.[0] ?? this.#driver, isBroken };
  }

  /** The components of a reference (3.54): by index, guid or name. Null stands for the driver. */
  #componentsOf(given: unknown): readonly Json[] | null {
    const { index: place, guid: rawGuid, name: rawName } = objectOf(given);
    const [index, guid, name] = [indexOf(place), textOf(rawGuid), textOf(rawName)];
    if (index === null && guid === null && name === null) return null;
    const all = [this.#driver, ...this.#extensions];
    const isMeant = (one: Json): boolean =>
      (guid === null || !isGiven(one.guid) || same(guid, one.guid)) &&
      (name === null || one.name === name || one.fullName === name);
    if (index !== null) {
      const there = this.#extensions[index];
      if (there && isMeant(there)) return [there];
    }
    if (guid !== null) return all.filter((one) => same(guid, one.guid));
    return name === null ? [] : all.filter(isMeant);
  }

  #within(component: Json, { id, index, guid }: Reference): Json | null {
    const descriptors = listOf(component[this.list]);
    const there = index === null || index >= descriptors.length ? null : objectOf(descriptors[index]);
    const isMeant = (one: Json): boolean =>
      (guid === null || !isGiven(one.guid) || same(guid, one.guid)) && (id === null || isNamed(one, id));
    if (there && isMeant(there)) return there;
    if (guid !== null) {
      const found = descriptors.map(objectOf).find((one) => same(guid, one.guid));
      if (found) return found;
    }
    return id === null ? null : this.#named(component, id);
  }

  #named(component: Json, id: string): Json | null {
    const known = this.#byId.get(component) ?? this.#index(component);
    for (let name = id; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) {
      const found = known.get(name);
      if (found) return found;
    }
    return null;
  }

  /** Of several descriptors with one id, the worst is kept: a failure must not take the level of a hint. */
  #index(component: Json): Map<string, Json> {
    const known = new Map<string, Json>();
    const rank = (one: Json): number => LEVELS.indexOf(at(one, 'defaultConfiguration', 'level'));
    const all = listOf(component[this.list]).map(objectOf);
    for (const idOf of [(one: Json) => [textOf(one.id)], idsOf]) {
      const isKnownBefore = new Set(known.keys());
      for (const one of all) {
        for (const id of idOf(one)) {
          if (id === null || isKnownBefore.has(id)) continue;
          const other = known.get(id);
          if (!other || rank(one) < rank(other)) known.set(id, one);
        }
      }
    }
    this.#byId.set(component, known);
    return known;
  }
}
