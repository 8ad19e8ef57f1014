import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { NewTag, TagPatch } from './tag.dto.js';
import { Tag } from './tag.dto.js';

/** A tag as JSON text, with the columns that the service needs. */
export interface TagRow {
  readonly id: string;
  readonly version: number;
  readonly teamId: string;
  readonly name: string;
  readonly data: string;
}

const rowOf = (fields?: readonly string[]): string => `t.id,
  t.version,
  t.team_id as "teamId",
  t.name,
  ${jsonOf(Tag, 't', fields)} as data`;

export function getTag(id: string, fields?: readonly string[]): Statement<TagRow> {
  const text = `select
  ${rowOf(fields)}
from public.tags t
where t.id = $1`;
  return fields ? shapedStatement('tags.get', text, [id]) : statement('tags.get', text, [id]);
}

/** A tag that nobody else changes until the transaction ends. */
export function lockTag(id: string): Statement<TagRow> {
  const read = getTag(id);
  return statement('tags.lock', `${read.text}\nfor update`, read.values);
}

/** No row: the caller sees no such team. */
export function insertTag({ teamId, name, color = null }: NewTag): Statement<TagRow> {
  return statement(
    'tags.insert',
    `insert into public.tags as t (team_id, name, color)
select team.id, $2, lower($3)
from public.teams team
where team.id = coalesce($1::uuid, app.default_team_id())
returning
  ${rowOf()}`,
    [teamId ?? null, name, color],
  );
}

/** No row: the caller may not change it. */
export function updateTag(id: string, { name, color }: TagPatch): Statement<TagRow> {
  return statement(
    'tags.update',
    `update public.tags t
set name = coalesce($2, t.name),
  color = case when $3 then lower($4) else t.color end
where t.id = $1
returning
  ${rowOf()}`,
    [id, name ?? null, color !== undefined, color ?? null],
  );
}

/** No row: it is gone, or it has another version. */
export function deleteTag(id: string, version: number | null): Statement<{ id: string }> {
  return statement(
    'tags.delete',
    `delete from public.tags t
where t.id = $1
  and ($2::int is null or t.version = $2)
returning t.id`,
    [id, version],
  );
}

export const tagSource: Omit<ListSource, 'allTeams'> = {
  name: 'tags.list',
  table: 'public.tags',
  shape: Tag,
  teamColumn: 'team_id',
  where: [],
};
