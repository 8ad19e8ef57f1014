import { exemptions } from './exemptions.js';
import { FACTS } from './facts.js';
import { rules } from './rules.js';

/** An object that exposes rows, or could. */
export interface Finding {
  readonly rule: string;
  readonly severity: 'refuse' | 'warn';
  readonly object: string;
  readonly problem: string;
}

type Run = (sql: string) => Promise<readonly Record<string, unknown>[]>;

const CHECK = [
  FACTS,
  rules
    .map(({ id, severity, sql }) => `select '${id}' as rule, '${severity}' as severity, f.* from (${sql}) as f`)
    .join('\nunion all\n'),
  'order by 1, 3, 4',
].join('\n');

/**
 * Checks grants, policies, roles and keys. A database that may serve has no findings.
 * It runs in the tests after the migrations and again when the service starts, because a restore, a manual change or a
 * foreign migration can take a policy away without any error (pg_restore -t keeps the grants and drops the policies).
 * Any role may run it; the connection's search path must not contain `app`.
 */
export async function checkCatalogue(run: Run): Promise<Finding[]> {
  const found = (await run(CHECK)) as unknown as Finding[];
  return found.filter((finding) => !isExempt(finding));
}

function isExempt({ rule, object }: Finding): boolean {
  return exemptions.some((exemption) => exemption.rule === rule && exemption.objects.includes(object));
}

/** Exemptions that match nothing: each would silently exempt a new object of that name. */
export async function staleExemptions(run: Run): Promise<string[]> {
  const found = (await run(CHECK)) as unknown as Finding[];
  return exemptions
    .flatMap(({ rule, objects }) => objects.map((object) => ({ rule, object })))
    .filter(({ rule, object }) => !found.some((finding) => finding.rule === rule && finding.object === object))
    .map(({ rule, object }) => `${rule} ${object}`);
}
