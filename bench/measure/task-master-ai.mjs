import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { teamId } from '../dataset.mjs';
import { check } from '../harness/check.mjs';
import { compare, interleave, result } from '../harness/pairs.mjs';
import { keyOf } from '../people.mjs';
import { tasksJson } from '../tasks-json.mjs';
import { installOnce } from './peers.mjs';

const folder = fileURLToPath(new URL('../baselines/task-master-ai', import.meta.url));
const headers = { 'x-api-key': keyOf(0), 'content-type': 'application/json' };

/** The same commands with task-master-ai, which keeps its tasks in a file: whole processes, as a person types them. */
export async function measureTaskMasterAi(world) {
  try {
    installOnce(folder);
  } catch (error) {
    world.note(`task-master-ai is not compared: ${error.message}`);
    return [result('task-master-ai 0.43.1 could not be installed', 'none', NaN, NaN)];
  }
  const service = await world.service(await world.database('tenant', tenantSize(world)));
  const results = [];
  for (const { name, tasks, ours, theirs } of cases()) {
    const home = mkdtempSync(join(tmpdir(), 'taskmaster-bench-file-'));
    const projectKey = `bench-cli-${tasks}`;
    await prepareProject(service, projectKey, tasks);
    prepareFile(home, tasks);
    const command = typeof ours === 'function' ? ours(projectKey) : ours;
    const samples = await interleave(
      Math.min(3, world.options.repetitions),
      async () => ({ ms: await timed(() => runOurs(world, service, command)) }),
      async () => ({ ms: await timed(() => runTheirs(home, theirs)) }),
    );
    results.push(compare(`${name} / task-master-ai 0.43.1`, 'ms', samples, 'ms'));
    rmSync(home, { recursive: true });
  }
  return results;
}

export function tenantSize({ options }) {
  const { tenant } = options.size;
  return { tasks: 2 * tenant, users: 1_000, teams: 101, largestTeam: tenant };
}

function cases() {
  return [
    {
      name: 'CLI list of 5,000 tasks',
      tasks: 5_000,
      ours: (project) => ['list', '--project', project],
      theirs: ['list'],
    },
    { name: 'CLI next of 100 tasks', tasks: 100, ours: (project) => ['next', '--project', project], theirs: ['next'] },
    {
      name: 'set-status of 100 tasks (REST of ours, CLI of theirs)',
      tasks: 100,
      ours: (project) => ({ path: `/api/v1/projects/${project}/tasks/7`, body: { status: 'in_progress' } }),
      theirs: ['set-status', '--id=7', '--status=in-progress'],
    },
  ];
}

async function runOurs(world, service, command) {
  if (!Array.isArray(command)) {
    const body = JSON.stringify(command.body);
    const answer = await fetch(service.url + command.path, { method: 'PATCH', headers, body });
    check(answer.ok, `PATCH ${command.path} answered ${answer.status}`);
    return answer.text();
  }
  const env = { PATH: process.env.PATH, TASKMASTER_URL: service.url, TASKMASTER_API_KEY: keyOf(0) };
  const text = await output(process.execPath, [join(world.options.dist, 'cli.js'), ...command], { env });
  check(text.includes('Task '), `${command.join(' ')} showed no task: ${text.slice(0, 300)}`);
  if (command[0] === 'list') check(text.split('\n').length > 5_000, 'the list of ours is not whole');
  return text;
}

async function runTheirs(home, args) {
  const program = join(folder, 'node_modules', '.bin', 'task-master');
  const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: '1' };
  const text = await output(process.execPath, [program, ...args], { cwd: home, env });
  check(text.length > 100, `task-master ${args.join(' ')} said: ${text}`);
  return text;
}

async function timed(use) {
  const start = performance.now();
  await use();
  return performance.now() - start;
}

function output(program, args, options) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.once('error', fail);
    child.once('close', (code) =>
      code === 0 ? done(text) : fail(new Error(`${args.join(' ')} ended with ${code}: ${text}`)),
    );
  });
}

function prepareFile(home, tasks) {
  mkdirSync(join(home, '.taskmaster', 'tasks'), { recursive: true });
  writeFileSync(join(home, '.taskmaster', 'tasks', 'tasks.json'), JSON.stringify(tasksJson(tasks), null, 2));
}

async function prepareProject({ url }, projectKey, tasks) {
  const project = JSON.stringify({ projectKey, name: projectKey, teamId: teamId(0) });
  await fetch(`${url}/api/v1/projects`, { method: 'POST', headers, body: project }).then((answer) => answer.text());
  const body = JSON.stringify(tasksJson(tasks));
  const answer = await fetch(`${url}/api/v1/projects/${projectKey}/import`, { method: 'POST', headers, body });
  check(answer.ok, `the import into ${projectKey} answered ${answer.status}: ${await answer.text()}`);
}
