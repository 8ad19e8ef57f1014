import type { FoundFinding } from '../finding.rules.js';
import type { ValidationStatus } from '../validation.values.js';
import { JsonWalker } from './json-walker.js';
import { Problems, unreadable } from './problems.js';
import type { Report } from './report.model.js';
import { cut, messageText } from './report.model.js';
import { findingOf, rootsOf } from './sarif.finding.js';
import type { Json } from './sarif.model.js';
import { at, listOf, objectOf, textOf } from './sarif.model.js';
import { SarifRules } from './sarif.rules.js';

const TOOL_MAX = 255;
const NOTES_MAX = 100;

interface RawRun {
  readonly members: Record<string, unknown>;
  readonly results: Json[];
}

/** Reads the runs of a SARIF 2.1.0 file, one report each. @throws Fault MALFORMED_BODY, VALIDATION_FAILED */
export function* readSarif(text: string): Generator<void, Report[]> {
  if (text.trim() === '') throw unreadable('The file is empty.');
  const walker = new JsonWalker(text);
  if (walker.next() !== 'object') throw unreadable('A SARIF file is a JSON object with version and runs.');
  const problems = new Problems();
  const runs: RawRun[] = [];
  const seen = { version: false, runs: false };
  for (const key of walker.members()) {
    if (key === 'runs' && walker.next() === 'array') {
      seen.runs = true;
      for (const index of walker.items()) runs.push(yield* readRun(walker, `runs[${index}]`, problems));
    } else if (key === 'version') {
      seen.version = true;
      if (walker.value() !== '2.1.0') problems.add('version', 'must be 2.1.0');
    } else walker.value();
    yield;
  }
  walker.end();
  if (!seen.version) problems.add('version', 'is missing; it must be 2.1.0');
  if (!seen.runs) problems.add('runs', 'must be a list of runs');
  else if (runs.length === 0) problems.add('runs', 'is empty: there is nothing to import');
  const reports: Report[] = [];
  for (const [index, run] of runs.entries()) reports.push(yield* reportOf(run, `runs[${index}]`, problems));
  problems.refuseIfAny();
  return reports;
}

function* readRun(walker: JsonWalker, path: string, problems: Problems): Generator<void, RawRun> {
  const run: RawRun = { members: {}, results: [] };
  if (walker.next() !== 'object') {
    walker.value();
    problems.add(path, 'must be an object');
    return run;
  }
  for (const key of walker.members()) {
    if (key === 'results' && walker.next() === 'array') {
      for (const index of walker.items()) {
        const result = walker.value();
        if (typeof result !== 'object' || result === null || Array.isArray(result)) {
          problems.add(`${path}.results[${index}]`, 'must be an object');
        }
        run.results.push(objectOf(result));
        yield;
      }
    } else if (key === '__proto__') walker.value();
    else run.members[key] = walker.value();
    yield;
  }
  return run;
}

function* reportOf({ members: run, results }: RawRun, path: string, problems: Problems): Generator<void, Report> {
  const rules = new SarifRules(run);
  const context = { run, rules, roots: rootsOf(run) };
  const findings: FoundFinding[] = [];
  for (const [index, result] of results.entries()) {
    findings.push(findingOf(result, `${path}.results[${index}]`, context, problems));
    yield;
  }
  const name = textOf(at(run, 'tool', 'driver', 'name'));
  if (name === null) problems.add(`${path}.tool.driver.name`, 'is missing');
  const revision = textOf(at(run, 'versionControlProvenance', 0, 'revisionId'))?.toLowerCase() ?? '';
  const branch = textOf(at(run, 'versionControlProvenance', 0, 'branch'));
  return {
    ...outcomeOf(run, findings),
    ...timesOf(run, path, problems),
    toolName: cut([name ?? '', categoryOf(run)].join(' ').trim(), TOOL_MAX),
    guid: textOf(at(run, 'automationDetails', 'guid')),
    commitSha: /^[0-9a-f]{7,64}$/.test(revision) ? revision : null,
    branch: branch === null ? null : cut(branch, TOOL_MAX),
    validationScore: null,
    executionTimeMs: null,
    validationData: dataOf(run, results, rules),
    validationEnvironment: environmentOf(run),
    findings,
  };
}

/** `category/run`: only runs of the same category are compared (3.17.3). */
function categoryOf(run: Json): string {
  const id = textOf(at(run, 'automationDetails', 'id')) ?? '';
  return id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : '';
}

function outcomeOf(
  run: Json,
  findings: readonly FoundFinding[],
): { validationStatus: ValidationStatus; errorMessage: string | null } {
  const broken = listOf(run.invocations).find((one) => at(one, 'executionSuccessful') === false);
  if (broken !== undefined) {
    const notes = [
      ...listOf(at(broken, 'toolExecutionNotifications')),
      ...listOf(at(broken, 'toolConfigurationNotifications')),
    ];
    const why =
      textOf(at(broken, 'exitCodeDescription')) ??
      textOf(at(broken, 'processStartFailureMessage')) ??
      textOf(at(notes.find((note) => at(note, 'level') === 'error') ?? notes[0], 'message', 'text'));
    return { validationStatus: 'error', errorMessage: messageText(why ?? 'The tool says that it failed.') };
  }
  const open = findings.filter(({ suppressed, absent }) => !suppressed && !absent);
  const worst = (['error', 'warning'] as const).find((level) => open.some(({ severity }) => severity === level));
  return { validationStatus: worst === 'error' ? 'failed' : (worst ?? 'passed'), errorMessage: null };
}

function timesOf(
  run: Json,
  path: string,
  problems: Problems,
): { startedAt: string | null; completedAt: string | null } {
  const times = (name: string): number[] =>
    listOf(run.invocations).flatMap((one, index) => {
      const given = at(one, name);
      if (given === undefined) return [];
      const time = Date.parse(textOf(given) ?? '');
      if (Number.isNaN(time)) problems.add(`${path}.invocations[${index}].${name}`, 'must be a time of ISO 8601');
      return Number.isNaN(time) ? [] : [time];
    });
  const started = Math.min(...times('startTimeUtc'));
  const ended = Math.max(...times('endTimeUtc'));
  const iso = (time: number): string | null => (Number.isFinite(time) ? new Date(time).toISOString() : null);
  // If the clock was set back during the run, the end lies before the start and is dropped.
  return { startedAt: iso(started), completedAt: ended >= started || !Number.isFinite(started) ? iso(ended) : null };
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
        .slice(0, 1_000)
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
