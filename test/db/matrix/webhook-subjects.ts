import { NOBODY } from './subject.js';
import type { Subject } from './subject.js';
import type { Belongings } from './world.js';

const of = (column: keyof Belongings): Pick<Subject, 'row' | 'absent' | 'key'> => ({
  row: (p) => `id = '${String(p[column])}'`,
  absent: `id = '${NOBODY}'`,
  key: 'id',
});

const toTeamOfOnesOwn = (to: Belongings): string => `team_id = '${to.team}'`;

/** Managers of a team manage its webhooks: each person has webhooks in the team they own. */
export const webhookSubjects: Record<string, Subject> = {
  'public.ingest_keys': {
    ...of('ingestKey'),
    insert: (p) =>
      `(team_id, project_key, name, prefix, key_hash) values ('${p.keyTeam}', '${p.keyProject}', 'new', 'tmi_', sha256('new'))`,
    set: `name = 'changed'`,
    setInBackground: 'last_used_at = now()',
    move: toTeamOfOnesOwn,
  },
  'public.webhooks': {
    ...of('webhook'),
    insert: (p) => `(team_id, url) values ('${p.team}', 'https://example.com/new')`,
    set: `description = 'changed'`,
    move: toTeamOfOnesOwn,
  },
  'public.webhook_secrets': {
    ...of('webhookSecret'),
    insert: (p) => `(team_id, webhook_id, sealed_secret) values ('${p.team}', '${p.webhook}', 'new')`,
    set: 'expires_at = now()',
    move: toTeamOfOnesOwn,
  },
  'public.webhook_deliveries': {
    ...of('delivery'),
    insert: (p) =>
      `(team_id, webhook_id, event_id, event_type) values ('${p.team}', '${p.webhook}', '${NOBODY}', 'task.created')`,
    set: `status = 'dead'`,
    move: toTeamOfOnesOwn,
  },
  'public.webhook_attempts': {
    ...of('deliveryAttempt'),
    insert: (p) =>
      `(team_id, delivery_id, number, started_at, duration_ms) values ('${p.team}', '${p.delivery}', 2, now(), 1)`,
    set: 'duration_ms = 2',
    move: toTeamOfOnesOwn,
  },
  'public.webhook_dispatch': {
    row: () => 'id',
    absent: 'not id',
    key: 'position',
    insert: () => '(id) values (true)',
    set: 'position = 1',
    move: () => 'position = 2',
  },
};
