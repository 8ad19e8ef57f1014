import { createHash } from 'node:crypto';
import type { FieldProblem } from '../../platform/faults/fault.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { problemsWith } from '../../platform/schema/validate.js';
import { FINGERPRINT_MAX, Finding, NewFinding } from './finding.dto.js';

/** A finding before the comparison with earlier ones. */
export interface FoundFinding extends Omit<NewFinding, 'fingerprint'> {
  readonly fingerprint?: string | undefined;
  /** Identifiers from the tool, besides rule and file. */
  readonly partialFingerprints?: Readonly<Record<string, string>> | undefined;
  /** The source text at the location. */
  readonly line?: string | undefined;
  /** Whether the tool itself reports the finding as fixed. */
  readonly absent?: boolean | undefined;
}

/** A finding as it is stored, with the names that app.write_findings expects. */
export interface StoredFinding {
  readonly rule: string | null;
  readonly file: string | null;
  readonly startLine: number | null;
  readonly startColumn: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
  readonly severity: string;
  readonly message: string;
  readonly fingerprint: string;
  readonly suppressed: boolean;
  readonly absent: boolean;
  readonly details: Record<string, unknown>;
}

export const findingListRules: ListRules = { shape: Finding, defaultSort: 'position', searchable: false };

/** Every problem of a list of findings. */
export function problemsOfFindings(findings: readonly unknown[] | undefined): FieldProblem[] {
  return (findings ?? []).flatMap((finding, index) => problemsWith(NewFinding, finding, `findings[${index}]`));
}

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

/** Numbers and spacing change when code moves. The rest identifies the subject. */
const normalised = (text: string): string => text.replace(/\d+/g, '#').replace(/\s+/g, ' ').trim();

/** Rule, file, the text of the line, and the message: tools write one placeholder into the lines of all findings. */
const contentOf = ({ rule, file, line, message }: FoundFinding): string =>
  digest(rule ?? '', file ?? '', normalised(line ?? ''), normalised(message));

function baseOf(finding: FoundFinding, isShared: (fingerprint: string) => boolean): string {
  const { rule, file, fingerprint, partialFingerprints } = finding;
  if (fingerprint !== undefined && !isShared(fingerprint)) return fingerprint.slice(0, FINGERPRINT_MAX);
  const given = Object.entries(partialFingerprints ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return given.length > 0 ? digest(rule ?? '', file ?? '', ...given.flat()) : contentOf(finding);
}

/** A fingerprint on findings of different content tells none of them from the others, and is passed over. */
function sharedFingerprints(findings: readonly FoundFinding[]): (fingerprint: string) => boolean {
  const contents = new Map<string, string>();
  const shared = new Set<string>();
  for (const finding of findings) {
    if (finding.fingerprint === undefined) continue;
    const content = contentOf(finding);
    const before = contents.get(finding.fingerprint) ?? content;
    if (before !== content) shared.add(finding.fingerprint);
    contents.set(finding.fingerprint, before);
  }
  return (fingerprint) => shared.has(fingerprint);
}

/**
 * Gives each finding a fingerprint that is unique within its result. The second of two identical findings is a separate
 * one, and stays the second when lines are added above both.
 */
export function fingerprinted(findings: readonly FoundFinding[]): StoredFinding[] {
  const seen = new Map<string, number>();
  const isShared = sharedFingerprints(findings);
  return findings.map((finding) => {
    const base = baseOf(finding, isShared);
    const nth = (seen.get(base) ?? 0) + 1;
    seen.set(base, nth);
    return {
      rule: finding.rule ?? null,
      file: finding.file ?? null,
      startLine: finding.startLine ?? null,
      startColumn: finding.startColumn ?? null,
      endLine: finding.endLine ?? null,
      endColumn: finding.endColumn ?? null,
      severity: finding.severity ?? 'warning',
      message: finding.message,
      fingerprint: nth === 1 ? base : `${base}:${nth}`,
      suppressed: finding.suppressed ?? false,
      absent: finding.absent ?? false,
      details: finding.details ?? {},
    };
  });
}
