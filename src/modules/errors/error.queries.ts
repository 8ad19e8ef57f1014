import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { ProjectChoice } from '../tasks/project-choice.dto.js';
import { ErrorOccurrence, ErrorResolution } from './error-history.dto.js';
import { ErrorLog } from './error.dto.js';
import type { ReferenceProblem, SentOccurrence } from './error.rules.js';

/** An error as JSON text, with the columns that the service needs. */
export interface ErrorRow {
  readonly id: string;
  readonly teamId: string;
  readonly version: number;
  readonly data: string;
}

/** The outcome of one occurrence. */
export interface Recorded {
  readonly item: number;
  readonly problem: ReferenceProblem | null;
  readonly id: string;
  readonly count: number;
  readonly isNew: boolean;
  readonly isRegression: boolean;
  /** The projects that an ambiguous key may mean. */
  readonly choices?: readonly ProjectChoice[];
}

/** A project that the key of a reported error may mean. */
interface KeyedChoice extends ProjectChoice {
  readonly projectKey: string;
}

export function recordErrors(occurrences: readonly SentOccurrence[]): Statement<Recorded> {
  return statement(
    'errors.record',
    `select
  out_item as item,
  out_problem as problem,
  out_id as id,
  out_count as count,
  out_is_new as "isNew",
  out_is_regression as "isRegression"
from app.record_errors($1::jsonb)`,
    [JSON.stringify(occurrences)],
  );
}

/** The projects that ambiguous keys of occurrences may mean. */
export function projectChoices(projectKeys: readonly string[]): Statement<KeyedChoice> {
  return statement(
    'errors.project_choices',
    `select c.project_key as "projectKey", c.team_id as "teamId", c.team_name as "teamName"
from app.project_choices($1::text[]) c`,
    [projectKeys],
  );
}

export function getError(id: string, fields?: readonly string[]): Statement<ErrorRow> {
  const text = `select
  t.id,
  t.team_id as "teamId",
  t.version,
  ${jsonOf(ErrorLog, 't', fields)} as data
from public.error_logs t
where t.id = $1`;
  return fields ? shapedStatement('errors.get', text, [id]) : statement('errors.get', text, [id]);
}

const merged: Readonly<Record<string, readonly string[]>> = {
  false: ['t.merged_into is null'],
  true: [],
  only: ['t.merged_into is not null'],
};

export function errorSource(request: ListRequest, allTeams: boolean): ListSource {
  const { search, own } = request;
  return {
    name: 'errors.list',
    table: 'public.error_logs',
    shape: ErrorLog,
    teamColumn: 'team_id',
    where: merged[own.merged ?? 'false'] ?? [],
    allTeams,
    teamIds: own.teamId === undefined ? undefined : [own.teamId],
    conditions: (parameter) =>
      search === undefined ? [] : [`t.search @@ (select app.search_query(${parameter(search)}))`],
  };
}

const ofError = (
  name: string,
  table: string,
  shape: ListSource['shape'],
  { id, teamId }: Pick<ErrorRow, 'id' | 'teamId'>,
): ListSource => ({
  ...{ name, table, shape, teamColumn: 'team_id', where: [], allTeams: false, teamIds: [teamId] },
  conditions: (parameter) => [`t.error_id = ${parameter(id)}`],
});

export function occurrencesOf(error: Pick<ErrorRow, 'id' | 'teamId'>): ListSource {
  return ofError('errors.occurrences', 'public.error_occurrences', ErrorOccurrence, error);
}

export function resolutionsOf(error: Pick<ErrorRow, 'id' | 'teamId'>): ListSource {
  return ofError('errors.history', 'public.error_resolutions', ErrorResolution, error);
}
