import type { FoundFinding } from '../finding.rules.js';
import type { Problems } from './problems.js';
import { TEXT_MAX, fileName, messageText, ruleName, storableJson } from './report.model.js';
import type { Json } from './sarif.model.js';
import { at, indexOf, isGiven, listOf, objectOf, textOf } from './sarif.model.js';
import type { SarifRules } from './sarif.rules.js';
import { isKind, isLevel } from './sarif.rules.js';

const REGION = ['startLine', 'startColumn', 'endLine', 'endColumn'] as const;
type Region = Partial<Record<(typeof REGION)[number], number>>;

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** Root folders on the machine of the tool, which file names start with; longest first. */
export function rootsOf(run: Json): readonly string[] {
  const bases = Object.values(objectOf(run.originalUriBaseIds)).map((base) => textOf(at(base, 'uri')));
  const folders = listOf(run.invocations).map((one) => textOf(at(one, 'workingDirectory', 'uri')));
  return [...bases, ...folders]
    .flatMap((uri) =>
      uri === null || uri.replaceAll('/', '') === 'file:' ? [] : [uri.endsWith('/') ? uri : `${uri}/`],
    )
    .sort((a, b) => b.length - a.length);
}

function fileOf(location: Json, run: Json, roots: readonly string[]): string | null {
  const index = indexOf(location.index);
  const listed = index === null ? undefined : at(run, 'artifacts', index, 'location', 'uri');
  const uri = textOf(location.uri) ?? textOf(listed);
  if (uri === null) return null;
  const root = roots.find((one) => uri.startsWith(one));
  return fileName(decoded(root === undefined ? uri : uri.slice(root.length)));
}

function regionOf(region: Json, path: string, problems: Problems): Region {
  const found: Region = {};
  for (const name of REGION) {
    const value = region[name];
    if (!isGiven(value)) continue;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2_147_483_647)
      found[name] = value;
    else problems.setAside(`${path}.${name}`, 'must be a whole number from 1');
  }
  return found;
}

/** A suppression under review or rejected does not count (3.27.23), and one that cannot be read suppresses nothing. */
function isSuppressed(result: Json): boolean {
  const given = listOf(result.suppressions);
  const isAccepted = (one: unknown): boolean =>
    textOf(at(one, 'kind')) !== null && (at(one, 'status') ?? 'accepted') === 'accepted';
  return given.length > 0 && given.every(isAccepted);
}

/** Parts of a result to drop, in this order, until the result is small enough to store. */
const LARGE = [
  'codeFlows',
  'graphs',
  'graphTraversals',
  'stacks',
  'fixes',
  'attachments',
  'relatedLocations',
  'locations',
  'properties',
];

/** The parts of the result that have no column. */
function detailsOf({
  ruleId: _rule,
  ruleIndex: _index,
  level: _level,
  message,
  ...result
}: Json): Record<string, unknown> {
  const isPlain = Object.keys(objectOf(message)).every((name) => name === 'text');
  let details: Json = isPlain ? result : { ...result, message };
  let text = JSON.stringify(details);
  for (const name of LARGE) {
    if (text.length <= TEXT_MAX) break;
    details = { ...Object.fromEntries(Object.entries(details).filter(([key]) => key !== name)), truncated: true };
    text = JSON.stringify(details);
  }
  if (text.length > TEXT_MAX) return { truncated: true };
  return storableJson(details);
}

/** Converts one result of a run. What cannot be used of it is added to `problems`. */
export function findingOf(
  result: Json,
  path: string,
  { run, rules, roots }: { readonly run: Json; readonly rules: SarifRules; readonly roots: readonly string[] },
  problems: Problems,
): FoundFinding {
  const place = objectOf(at(result, 'locations', 0, 'physicalLocation'));
  const region = objectOf(place.region);
  const { descriptor, isBroken } = rules.resolve(result);
  const message = rules.messageOf(result);
  const rule = textOf(result.ruleId) ?? textOf(at(result, 'rule', 'id')) ?? textOf(descriptor?.id);
  if (message === null) problems.setAside(`${path}.message`, 'must have a text, or the id of a message of its rule');
  if (!isLevel(result.level)) problems.setAside(`${path}.level`, 'must be error, warning, note or none');
  if (!isKind(result.kind)) problems.setAside(`${path}.kind`, 'is not known, so the result counts as a failure');
  if (isBroken) problems.setAside(`${path}.${isGiven(result.rule) ? 'rule' : 'ruleIndex'}`, 'points to no rule');
  return {
    rule: rule === null ? null : ruleName(rule),
    file: fileOf(objectOf(place.artifactLocation), run, roots),
    ...regionOf(region, `${path}.locations[0].physicalLocation.region`, problems),
    severity: rules.levelOf(result),
    message: messageText(message ?? textOf(at(descriptor, 'shortDescription', 'text')) ?? rule ?? '(no message)'),
    line: textOf(at(region, 'snippet', 'text')) ?? undefined,
    suppressed: isSuppressed(result),
    absent: result.baselineState === 'absent',
    details: detailsOf(result),
  };
}
