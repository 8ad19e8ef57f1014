import pg from 'pg';

/** A task row after a change. */
export interface TaskRow {
  readonly id: string;
  readonly teamId: string;
  readonly projectKey: string | null;
  readonly assigneeId: string | null;
  readonly type: string;
  readonly priority: number;
  readonly status: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly updatedAt: number;
  readonly deleted: boolean;
}

const millis = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const ROW = `select id, team_id as "teamId", project_key as "projectKey", assignee_id as "assigneeId", type, priority, status,
  ${millis('created_at')} as "createdAt", ${millis('started_at')} as "startedAt",
  ${millis('completed_at')} as "completedAt", ${millis('updated_at')} as "updatedAt", deleted_at is not null as deleted
from public.tasks`;

/**
 * Writes tasks at any past time, through the real triggers: in its session only, now() is a function that returns the
 * time of the test. The rows are those that a service running at that time would have written.
 */
export class TaskClock {
  private constructor(private readonly client: pg.Client) {}

  static async on(url: string): Promise<TaskClock> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`create schema if not exists clock`);
    await client.query(
      `create or replace function clock.now() returns timestamptz language sql stable
       as $$ select current_setting('clock.now')::timestamptz $$`,
    );
    await client.query('set search_path = clock, pg_catalog, public');
    return new TaskClock(client);
  }

  end(): Promise<void> {
    return this.client.end();
  }

  /** Runs one statement at this time. */
  async at(moment: number, sql: string, values: unknown[] = []): Promise<void> {
    await this.client.query(`select set_config('clock.now', $1, false)`, [new Date(moment).toISOString()]);
    await this.client.query(sql, values);
  }

  async rows(teamIds: readonly string[]): Promise<TaskRow[]> {
    return (await this.client.query<TaskRow>(`${ROW} where team_id = any($1)`, [teamIds])).rows;
  }
}
