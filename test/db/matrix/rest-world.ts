import { hash, randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Target } from './rest-routes.js';
import { NOBODY } from './subjects.js';
import { makeWorld, people } from './world.js';
import type { Credential, Person, World } from './world.js';

export interface RestWorld {
  readonly world: World;
  readonly keys: Record<Credential, string>;
  /** The four targets of a person. */
  targets(person: Person): Record<'own' | 'mate' | 'other' | 'absent', Target>;
  /** What no member of team A may see. */
  readonly foreign: readonly string[];
}

/** The two tenants of the matrix, plus what only REST needs: numbered and deleted tasks, and plain keys. */
export async function makeRestWorld(superuser: pg.Client): Promise<RestWorld> {
  const world = await makeWorld(superuser);
  // The service has not sealed them.
  await superuser.query('delete from public.second_factors');
  const more = Object.fromEntries(people.map((person, i) => [person, { ref: String(i + 1), deleted: randomUUID() }]));
  for (const person of people) {
    const { home, listProject } = world.of[person];
    const { ref, deleted } = more[person]!;
    await superuser.query(
      `insert into public.tasks (id, team_id, project_key, list, ref, title, deleted_at)
       values ($1, $3, $4, 'master', $5, 'numbered', null), ($2, $3, null, null, null, 'deleted', now())`,
      [randomUUID(), deleted, home, listProject, ref],
    );
  }
  const target = (person: Person): Target => ({ ...world.of[person], ...more[person]! });
  const absent = Object.fromEntries(Object.keys(target('mate')).map((name) => [name, NOBODY])) as unknown as Target;
  return {
    world,
    keys: await presentable(superuser, world),
    targets: (person) => ({
      own: target(person),
      mate: target('mate'),
      other: target('foreigner'),
      absent: { ...absent, project: 'project-nobody', listProject: 'lists-nobody', ref: '99' },
    }),
    foreign: Object.entries(target('foreigner'))
      .filter(([name, value]) => !['role', 'migration', 'event', 'ref'].includes(name) && value !== undefined)
      .map(([, value]) => String(value)),
  };
}

async function presentable(superuser: pg.Client, { credentials }: World): Promise<Record<Credential, string>> {
  const keys: [string, string][] = [];
  for (const [name, { credential }] of Object.entries(credentials)) {
    const key = `tmk_${randomBytes(32).toString('base64url')}`;
    await superuser.query('update public.api_keys set key_hash = $2 where id = $1', [
      credential,
      hash('sha256', key, 'buffer'),
    ]);
    keys.push([name, key]);
  }
  return Object.fromEntries(keys) as Record<Credential, string>;
}
