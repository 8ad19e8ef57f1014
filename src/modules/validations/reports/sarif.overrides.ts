import type { SarifDescriptors } from './sarif.descriptors.js';
import { referenceOf } from './sarif.descriptors.js';
import type { Json } from './sarif.model.js';
import { at, isGiven, listOf } from './sarif.model.js';

interface Levels {
  readonly ofDescriptor: ReadonlyMap<Json, unknown>;
  /** For rules that the file does not describe. */
  readonly ofId: ReadonlyMap<string, unknown>;
}

/** The levels that each invocation of a run sets (3.20.5, 3.20.6): they go before those of the rules. */
export class SarifOverrides {
  readonly #invocations: readonly Levels[];

  constructor(
    run: Json,
    list: 'ruleConfigurationOverrides' | 'notificationConfigurationOverrides',
    descriptors: SarifDescriptors,
  ) {
    this.#invocations = listOf(run.invocations).map((invocation) => {
      const ofDescriptor = new Map<Json, unknown>();
      const ofId = new Map<string, unknown>();
      for (const override of listOf(at(invocation, list))) {
        const level = at(override, 'configuration', 'level');
        if (!isGiven(level)) continue;
        const reference = referenceOf(at(override, 'descriptor'));
        const { descriptor } = descriptors.resolve(reference);
        if (descriptor) ofDescriptor.set(descriptor, level);
        else if (reference.id !== null) ofId.set(reference.id, level);
      }
      return { ofDescriptor, ofId };
    });
  }

  /**
   * The levels that may apply; undefined stands for no override. Without the number of the invocation they are those of
   * all of them.
   */
  levelsOf(descriptor: Json | null, id: string | null, place: number | null): readonly unknown[] {
    const asked = place === null ? this.#invocations : this.#invocations.slice(place, place + 1);
    const found = asked.map(({ ofDescriptor, ofId }) =>
      descriptor === null ? ofId.get(id ?? '') : ofDescriptor.get(descriptor),
    );
    return found.length === 0 ? [undefined] : [...new Set(found)];
  }
}
