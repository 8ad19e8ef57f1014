import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { problemsWith } from '../../platform/schema/validate.js';
import { NewTeamMember, Team, TeamMember } from './team.dto.js';

export const teamListRules: ListRules = { shape: Team, defaultSort: '-createdAt', searchable: false };

export const memberListRules: ListRules = { shape: TeamMember, defaultSort: 'joinedAt', searchable: false };

/** The values that a null in a patch restores. */
export const teamDefaults = { metadata: {} };

/** Requires either an id or an e-mail address. @throws Fault VALIDATION_FAILED */
export function newMember(body: unknown): NewTeamMember {
  const problems: FieldProblem[] = problemsWith(NewTeamMember, body);
  const { userId, email } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (userId === undefined && email === undefined) {
    problems.push({ path: 'userId', message: 'userId or email is needed', code: 'REQUIRED' });
  } else if (userId !== undefined && email !== undefined) {
    problems.push({ path: 'email', message: 'must not be sent beside userId', code: 'AMBIGUOUS' });
  }
  if (problems.length > 0) throw invalid(problems);
  return body as NewTeamMember;
}
