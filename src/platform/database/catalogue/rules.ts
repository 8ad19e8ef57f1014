import { auditRules } from './audit-rules.js';
import { policyRules } from './policy-rules.js';
import { roleRules } from './role-rules.js';
import { tableRules } from './table-rules.js';

/** A rule is a query over the facts that returns a row (`object`, `problem`) for each violation. */
export interface Rule {
  readonly id: string;
  readonly sql: string;
  /** `refuse`: rows are exposed or may be. `warn`: should be fixed, but does not expose rows. */
  readonly severity: 'refuse' | 'warn';
}

export const rules: readonly Rule[] = [...tableRules, ...policyRules, ...roleRules, ...auditRules].map((rule) => ({
  severity: 'refuse',
  ...rule,
}));
