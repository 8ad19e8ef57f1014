import type { Severity } from '../validation.values.js';
import { SEVERITIES } from '../validation.values.js';
import type { Resolved } from './sarif.descriptors.js';
import { SarifDescriptors, referenceOf } from './sarif.descriptors.js';
import type { Json } from './sarif.model.js';
import { at, indexOf, isGiven, listOf, objectOf, textOf } from './sarif.model.js';
import { SarifOverrides } from './sarif.overrides.js';

const NOTES = ['info', 'information', 'informational', 'notice'];
/** Kinds of results that are no failure (3.27.9). */
const KINDS = ['pass', 'open', 'informational', 'notapplicable', 'review'];
const word = (value: unknown): string => (typeof value === 'string' ? value.trim().toLowerCase() : '');

/** Whether a level is one of the four of SARIF, or absent. */
export const isLevel = (value: unknown): boolean => !isGiven(value) || SEVERITIES.includes(value as Severity);
export const isKind = (value: unknown): boolean => !isGiven(value) || ['fail', ...KINDS].includes(word(value));

/** The level that a word means; one that nobody knows is as bad as can be. */
function levelOf(value: unknown): Severity {
  const said = word(value);
  return SEVERITIES.find((level) => level === said) ?? (NOTES.includes(said) ? 'note' : 'error');
}

/** What the rules of a run say about its results, and the kinds of notification about its notifications. */
export class SarifRules {
  readonly #rules: SarifDescriptors;
  readonly #notifications: SarifDescriptors;
  readonly #ruleLevels: SarifOverrides;
  readonly #notificationLevels: SarifOverrides;
  readonly #resolved = new WeakMap<Json, Resolved>();

  constructor(run: Json) {
    this.#rules = new SarifDescriptors(run, 'rules');
    this.#notifications = new SarifDescriptors(run, 'notifications');
    this.#ruleLevels = new SarifOverrides(run, 'ruleConfigurationOverrides', this.#rules);
    this.#notificationLevels = new SarifOverrides(run, 'notificationConfigurationOverrides', this.#notifications);
  }

  /** The rule of a result (SARIF 3.27.5 to 3.27.7). */
  resolve(result: Json): Resolved {
    const known = this.#resolved.get(result);
    if (known) return known;
    const rule = referenceOf(result.rule);
    const [own, index] = [indexOf(result.ruleIndex), rule.index];
    const isContradictory = own !== null && index !== null && own !== index;
    const found = this.#rules.resolve({
      ...{ id: textOf(result.ruleId) ?? rule.id, guid: rule.guid, toolComponent: rule.toolComponent },
      index: isContradictory ? null : (own ?? index),
    });
    const resolved = { ...found, isBroken: found.isBroken || (isContradictory && found.descriptor === null) };
    this.#resolved.set(result, resolved);
    return resolved;
  }

  ruleOf(result: Json): Json | null {
    return this.resolve(result).descriptor;
  }

  /**
   * The level of a result by SARIF 3.27.10: its own, then an override of the invocation, then that of the rule, then
   * warning. A rule that cannot be found might have been an error.
   */
  levelOf(result: Json): Severity {
    if (isGiven(result.level)) return levelOf(result.level);
    if (KINDS.includes(word(result.kind))) return 'none';
    const resolved = this.resolve(result);
    const place = indexOf(at(result, 'provenance', 'invocationIndex'));
    const id = textOf(result.ruleId) ?? textOf(at(result, 'rule', 'id'));
    return this.#configured(resolved, this.#ruleLevels.levelsOf(resolved.descriptor, id, place));
  }

  /** The level of a notification (3.58.6), by the same steps. */
  levelOfNotification(notification: unknown, place: number): Severity {
    const { level, descriptor } = objectOf(notification);
    if (isGiven(level)) return levelOf(level);
    const reference = referenceOf(descriptor);
    const resolved = this.#notifications.resolve(reference);
    const levels = this.#notificationLevels.levelsOf(resolved.descriptor, reference.id, place);
    // Many tools name kinds of notification that they do not describe. The standard's default is left then.
    return this.#configured({ ...resolved, isBroken: false }, levels);
  }

  /** The text of a message (3.11): its own, or that of the rule with arguments filled in. */
  messageOf(result: Json): string | null {
    const message = objectOf(result.message);
    const id = textOf(message.id);
    const { descriptor, component } = this.resolve(result);
    const listed = (strings: unknown): string | null => (id === null ? null : textOf(at(strings, id, 'text')));
    const text =
      textOf(message.text) ??
      textOf(result.message) ??
      listed(at(descriptor, 'messageStrings')) ??
      listed(component.globalMessageStrings) ??
      textOf(message.markdown);
    if (text === null) return id;
    const given = listOf(message.arguments).map(String);
    if (given.length === 0) return text;
    return text.replace(/\{\{|\}\}|\{(\d+)\}/g, (whole, place?: string) =>
      place === undefined ? whole.slice(1) : (given[Number(place)] ?? whole),
    );
  }

  /** Of several levels that may apply, the worst counts. */
  #configured({ descriptor, isBroken }: Resolved, levels: readonly unknown[]): Severity {
    const base = at(descriptor, 'defaultConfiguration', 'level');
    const byDefault = isGiven(base) ? levelOf(base) : isBroken ? 'error' : 'warning';
    const found = levels.map((level) => (isGiven(level) ? levelOf(level) : byDefault));
    return SEVERITIES.find((level) => found.includes(level)) ?? byDefault;
  }
}
