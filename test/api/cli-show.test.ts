import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CliRun } from '../support/cli.js';
import { runCli } from '../support/cli.js';
import { TaskSuite } from './task-suite.js';
import type { Task } from './task-suite.js';

const FORGED = 'done\u001b[2J\n2  forged';

let suite: TaskSuite;
let path: string;
let project: string;
let task: Task;

beforeAll(async () => {
  suite = await TaskSuite.start();
  path = await suite.project();
  project = path.split('/')[2] ?? '';
  const parent = await suite.create({ title: 'parent', priority: 5 }, path);
  task = await suite.create({ title: 'task', parentTaskId: parent.id, priority: 7 });
  await suite.create({ title: 'step', parentTaskId: task.id, status: 'review', priority: 'high' });
  const other = await suite.create({ title: 'schema', status: 'done', priority: 'low' }, path);
  const elsewhere = await suite.create({ title: FORGED, list: 'later' }, path);
  const dependant = await suite.create({ title: 'release', priority: 'critical' }, path);
  for (const dependsOn of [other.id, elsewhere.id]) {
    await suite.client.post(`/tasks/${task.id}/dependencies`, { dependsOn });
  }
  await suite.client.post(`/tasks/${dependant.id}/dependencies`, { dependsOn: task.id });
  const { body } = await suite.client.post<{ id: string }>(`/tasks/${task.id}/comments`, { content: 'hello' });
  await suite.client.patch(`/tasks/${task.id}/comments/${body.data.id}`, { content: `line one\nline two` });
  await suite.client.post(`/tasks/${task.id}/comments`, { content: FORGED });
  await suite.client.delete(`/tasks/${task.id}/dependencies/${other.id}`);
  await suite.client.post(`/tasks/${task.id}/dependencies`, { dependsOn: other.id });
});

afterAll(() => suite.app.close());

function run(...args: string[]): Promise<CliRun> {
  return runCli(args, { env: { TASKMASTER_URL: suite.app.url, TASKMASTER_API_KEY: suite.ada.key } });
}

const WHEN = '\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}';

/** The lines of a section, without its heading. */
function section(out: string, heading: string): string[] {
  const found = out.split('\n\n').find((part) => part.startsWith(`${heading}\n`));
  return found?.trimEnd().split('\n').slice(1) ?? [];
}

describe('show', () => {
  // Seen to fail: without `expand` in the request, show ended with an error; with the plain priority, "8" had no name.
  it('prints parent, dependencies, dependants, subtasks and comments, with numbers, words and titles', async () => {
    const { code, out } = await run('show', task.ref, '--project', project);
    expect(code).toBe(0);
    expect(out).toMatch(/^Priority {2}7$/m);
    expect(section(out, 'Subtask of')).toEqual(['  1  pending  5 (medium)  parent']);
    expect(section(out, 'Depends on')).toEqual([
      expect.stringMatching(/^ {2}writes1\/later 1 {2}pending {4}0 {8}done\\u001b\[2J\\n2 {2}forged$/),
      expect.stringMatching(/^ {2}2 +completed {2}2 \(low\) {2}schema$/),
    ]);
    expect(section(out, 'Needed by')).toEqual(['  3  pending  10 (urgent)  release']);
    expect(section(out, 'Subtasks')).toEqual(['  1.1.1  review  8 (high)  step']);
    expect(section(out, 'Comments')).toEqual([
      expect.stringMatching(`^  ${WHEN}  ada \\(edited\\)$`),
      '    line one',
      '    line two',
      expect.stringMatching(`^  ${WHEN}  ada$`),
      '    done\\u001b[2J',
      '    2  forged',
    ]);
  });

  it('prints no heading without lines, and takes an id', async () => {
    const alone = await suite.create({ title: 'alone' });
    const { code, out } = await run('show', alone.id);
    expect(code).toBe(0);
    expect(out).toMatch(/Version {3}1\n$/);
    expect(out).not.toMatch(/^(Subtask of|Depends on|Needed by|Subtasks|Comments)$/m);
  });

  it('says how many rows it has left out', async () => {
    const busy = await suite.create({ title: 'busy' });
    await suite.app.sql(
      `insert into public.task_comments (team_id, task_id, content)
select $1, $2, 'comment ' || n
from generate_series(1, 103) n`,
      [suite.ada.teamId, busy.id],
    );
    const { out } = await run('show', busy.id);
    expect(section(out, 'Comments').slice(-2)).toEqual(['    comment 100', '  … and 3 more']);
  });

  it('has all of it in JSON', async () => {
    const { out } = await run('show', task.ref, '--project', project, '--json');
    expect(JSON.parse(out)).toMatchObject({
      id: task.id,
      parent: { title: 'parent' },
      dependencies: { total: 2, hasMore: false },
      dependants: { items: [{ dependant: { title: 'release' } }] },
      subtasks: { items: [{ ref: '1.1.1', status: 'in_progress', stage: 'review', priority: 8 }] },
      comments: { items: [{ content: 'line one\nline two', userName: 'ada' }, { content: FORGED }] },
    });
  });
});

describe('history', () => {
  it('tells dependencies and comments, by whom, among the changes', async () => {
    const { code, out } = await run('history', task.ref, '--project', project);
    expect(code).toBe(0);
    const entries = out.trimEnd().split('\n\n');
    expect(entries.slice(0, -1).map((entry) => entry.replace(new RegExp(`^${WHEN}  `), ''))).toEqual([
      `dependency added by ada\n  ${project}/master 2  schema`,
      `dependency removed by ada\n  ${project}/master 2  schema`,
      'comment added by ada\n  done\\u001b[2J 2 forged',
      'comment changed by ada\n  line one line two',
      'comment added by ada\n  line one line two',
      `dependency added by ada\n  ${project}/later 1  done\\u001b[2J\\n2 forged`,
      `dependency added by ada\n  ${project}/master 2  schema`,
    ]);
    expect(entries.at(-1)).toMatch(/created by ada\n {2}id: /);
  });
});
