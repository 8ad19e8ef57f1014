import type { FoundFinding } from '../finding.rules.js';
import type { Problems } from './problems.js';
import type { Report } from './report.model.js';
import { cut, storable, storableJson } from './report.model.js';
import { isoOf, momentOf } from './report.times.js';
import { findingOf, rootsOf } from './sarif.finding.js';
import { identitiesOf } from './sarif.identity.js';
import type { Json, SarifRun } from './sarif.model.js';
import { at, isGiven, listOf, objectOf, textOf } from './sarif.model.js';
import { outcomeOf } from './sarif.outcome.js';
import { SarifRules } from './sarif.rules.js';

const TOOL_MAX = 255;
const NOTES_MAX = 100;
const RULES_MAX = 1_000;

/** The report of one run. */
export function* reportOf(run: SarifRun, problems: Problems): Generator<void, Report> {
  const { path, members, results } = run;
  const rules = new SarifRules(members);
  const context = { run: members, rules, roots: rootsOf(members) };
  const identities = identitiesOf(results, path, problems);
  const findings: FoundFinding[] = [];
  for (const [index, result] of results.entries()) {
    const finding = findingOf(result, `${path}.results[${index}]`, context, problems);
    findings.push({ ...finding, partialFingerprints: identities[index] });
    yield;
  }
  const name = textOf(at(members, 'tool', 'driver', 'name'));
  if (name === null) problems.setAside(`${path}.tool.driver.name`, 'is missing');
  const revision = textOf(at(members, 'versionControlProvenance', 0, 'revisionId'))?.toLowerCase() ?? '';
  const branch = textOf(at(members, 'versionControlProvenance', 0, 'branch'));
  const guid = textOf(at(members, 'automationDetails', 'guid'));
  const times = timesOf(members, path, problems);
  const setAside = problems.below(path);
  return {
    ...outcomeOf(run, findings, rules),
    ...times,
    toolName: cut([name ?? 'unnamed tool', categoryOf(members)].join(' ').trim(), TOOL_MAX),
    guid: guid === null ? null : storable(guid),
    commitSha: /^[0-9a-f]{7,64}$/.test(revision) ? revision : null,
    branch: branch === null ? null : cut(branch, TOOL_MAX),
    validationScore: null,
    executionTimeMs: null,
    validationData: { ...storableJson(dataOf(members, results, rules)), ...(setAside.length > 0 ? { setAside } : {}) },
    validationEnvironment: storableJson(environmentOf(members)),
    findings,
  };
}

/** `category/run`: only runs of the same category are compared (3.17.3). */
function categoryOf(run: Json): string {
  const id = textOf(at(run, 'automationDetails', 'id')) ?? '';
  return id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : '';
}

function timesOf(run: Json, path: string, problems: Problems): Pick<Report, 'startedAt' | 'completedAt'> {
  const times = (name: string): number[] =>
    listOf(run.invocations).flatMap((one, index) => {
      const given = at(one, name);
      if (!isGiven(given)) return [];
      const moment = momentOf(String(given));
      if (moment === null) problems.setAside(`${path}.invocations[${index}].${name}`, 'must be a time of ISO 8601');
      return moment ?? [];
    });
  const started = Math.min(...times('startTimeUtc'));
  const ended = Math.max(...times('endTimeUtc'));
  // If the clock was set back during the run, the end lies before the start and is dropped.
  return {
    startedAt: isoOf(started),
    completedAt: ended >= started || !Number.isFinite(started) ? isoOf(ended) : null,
  };
}

function dataOf(run: Json, results: readonly Json[], rules: SarifRules): Record<string, unknown> {
  const { rules: _rules, notifications: _notes, taxa: _taxa, ...driver } = objectOf(at(run, 'tool', 'driver'));
  const used = new Map<string, Json>();
  for (const result of results) {
    const rule = rules.ruleOf(result);
    if (rule && typeof rule.id === 'string') used.set(rule.id, rule);
  }
  return {
    format: 'sarif',
    tool: driver,
    results: results.length,
    ...(run.automationDetails === undefined ? {} : { automationDetails: run.automationDetails }),
    rules: Object.fromEntries(
      [...used]
        .slice(0, RULES_MAX)
        .map(([id, { name, shortDescription, helpUri, defaultConfiguration }]) => [
          id,
          { name, description: at(shortDescription, 'text'), helpUri, level: at(defaultConfiguration, 'level') },
        ]),
    ),
  };
}

function environmentOf(run: Json): Record<string, unknown> {
  const invocations = listOf(run.invocations).map((one) => {
    const { environmentVariables: _secrets, ...invocation } = objectOf(one);
    const { toolExecutionNotifications: notes, ...rest } = invocation;
    return notes === undefined ? rest : { ...rest, toolExecutionNotifications: listOf(notes).slice(0, NOTES_MAX) };
  });
  return invocations.length === 0 ? {} : { invocations };
}
