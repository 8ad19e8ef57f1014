import type { Severity } from '../validation.values.js';
import { SEVERITIES } from '../validation.values.js';
import type { Json } from './sarif.model.js';
import { at, indexOf, listOf, objectOf, textOf } from './sarif.model.js';

const isLevel = (value: unknown): value is Severity => (SEVERITIES as readonly unknown[]).includes(value);

/** The rules of a run: those of its driver and of its extensions. */
export class SarifRules {
  constructor(private readonly run: Json) {}

  /** The rule of a result (SARIF 3.27.5 to 3.27.7), or null if the file does not describe it. */
  ruleOf(result: Json): Json | null {
    const extension = indexOf(at(result, 'rule', 'toolComponent', 'index'));
    const component =
      extension === null ? at(this.run, 'tool', 'driver') : at(this.run, 'tool', 'extensions', extension);
    const rules = listOf(objectOf(component).rules);
    const index = indexOf(result.ruleIndex) ?? indexOf(at(result, 'rule', 'index'));
    if (index !== null) return index < rules.length ? objectOf(rules[index]) : null;
    const id = textOf(result.ruleId) ?? textOf(at(result, 'rule', 'id'));
    if (id === null) return null;
    // A result may use a more specific id than the list of rules: CA1000/1 is described as CA1000.
    const named = rules.map(objectOf).find((rule) => rule.id === id || id.startsWith(`${String(rule.id)}/`));
    return named ?? null;
  }

  hasRule(result: Json): boolean {
    const index = indexOf(result.ruleIndex) ?? indexOf(at(result, 'rule', 'index'));
    return index === null || this.ruleOf(result) !== null;
  }

  /**
   * The level of a result by SARIF 3.27.10: its own, then an override of the invocation, then that of the rule, then
   * warning.
   */
  levelOf(result: Json): Severity | null {
    if (result.level !== undefined) return isLevel(result.level) ? result.level : null;
    if (result.kind !== undefined && result.kind !== 'fail') return 'none';
    const rule = this.ruleOf(result);
    const given = this.overrideOf(result, rule) ?? at(rule, 'defaultConfiguration', 'level');
    return isLevel(given) ? given : 'warning';
  }

  /** The text of a message (3.11): its own, or that of the rule with arguments filled in. */
  messageOf(result: Json): string | null {
    const message = objectOf(result.message);
    const id = textOf(message.id);
    const text =
      textOf(message.text) ??
      (id === null ? null : textOf(at(this.ruleOf(result), 'messageStrings', id, 'text'))) ??
      textOf(message.markdown);
    if (text === null) return id;
    const given = listOf(message.arguments).map(String);
    if (given.length === 0) return text;
    return text.replace(/\{\{|\}\}|\{(\d+)\}/g, (whole, place?: string) =>
      place === undefined ? whole.slice(1) : (given[Number(place)] ?? whole),
    );
  }

  private overrideOf(result: Json, rule: Json | null): unknown {
    const place = indexOf(at(result, 'provenance', 'invocationIndex')) ?? 0;
    const overrides = listOf(at(this.run, 'invocations', place, 'ruleConfigurationOverrides'));
    const found = overrides.find((one) => rule !== null && at(one, 'descriptor', 'id') === rule.id);
    return at(found, 'configuration', 'level');
  }
}
