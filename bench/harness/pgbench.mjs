import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './check.mjs';

const places = [18, 17, 16, 15].map((major) => `/usr/lib/postgresql/${major}/bin/pgbench`);
const program = places.find((path) => existsSync(path));

/** The tool that measures the limit on this machine. */
export const limit = program ? 'pgbench' : 'a bare pg client (pgbench is not installed)';

/**
 * A transaction as pgbench sends it: the statements in one pipeline that ends in one Sync.
 * @param sets pgbench's own lines that choose at random, such as `\set u random(0, 63)`
 * @param choose the same choice in JavaScript, for where pgbench is missing
 * @param statements `{ text, values }`; each value is an SQL expression over the variables, in place of `$1`, `$2`, …
 * @param constants texts for variables that are the same in every transaction
 */
export function transaction({ sets = [], choose = () => ({}), statements, constants = {} }) {
  return { sets, choose, statements, constants };
}

/** @returns transactions per second */
export async function runTransactions({ login, role, readOnly, isBare, transaction: work, connections, seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'taskmaster-bench-'));
  try {
    const options = isBare ? BARE : optionsOf(role, readOnly);
    const args = { login, options, work, connections, seconds };
    return program ? await withPgbench(folder, args) : await withClient(folder, args);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A session of the superuser in which no trigger and no foreign key is run. */
const BARE = '-c session_replication_role=replica -c timezone=UTC';

/** The same session settings as the service's connections, so that only the client program differs. */
function optionsOf(role, readOnly) {
  const isolation = readOnly ? 'repeatable\\ read' : 'read\\ committed';
  return `-c role=${role} -c default_transaction_read_only=${readOnly ? 'on' : 'off'} -c default_transaction_isolation=${isolation} -c timezone=UTC`;
}

export function substitute({ text, values }) {
  return text.replace(/\$(\d+)/g, (_, place) => values[Number(place) - 1]);
}

async function withPgbench(folder, { login, options, work, connections, seconds }) {
  const file = join(folder, 'script.sql');
  const statements = work.statements.map((statement) => `${substitute(statement)};`);
  writeFileSync(file, [...work.sets, '\\startpipeline', ...statements, '\\endpipeline', ''].join('\n'));
  const constants = Object.entries(work.constants).map(([name, value]) => `-D${name}=${value}`);
  const env = {
    PATH: process.env.PATH,
    PGHOST: login.host,
    PGPORT: String(login.port),
    PGUSER: login.user,
    PGPASSWORD: login.password,
    PGDATABASE: login.name,
    PGOPTIONS: options,
  };
  const args = ['-n', '-Mprepared', `-c${connections}`, '-j1', `-T${seconds}`, `-f${file}`, ...constants];
  const text = await textOf(spawn(program, args, { env, cwd: '/' }));
  const rate = /^tps = ([\d.]+)/m.exec(text)?.[1];
  check(rate !== undefined && !/aborted|ERROR/.test(text), `pgbench failed: ${text.slice(0, 1_500)}`);
  const count = Number(/^number of transactions actually processed: (\d+)/m.exec(text)?.[1]);
  const average = Number(/^latency average = ([\d.]+) ms/m.exec(text)?.[1]);
  return { rate: Number(rate), count, average };
}

async function withClient(folder, { login, options, work, connections, seconds }) {
  const input = join(folder, 'transaction.json');
  const statements = work.statements.map(substitute);
  const choices = Array.from({ length: 5_000 }, work.choose);
  writeFileSync(
    input,
    JSON.stringify({ login, options, work: { ...work, statements }, choices, connections, seconds }),
  );
  const worker = fileURLToPath(new URL('pg-worker.mjs', import.meta.url));
  const text = await textOf(spawn(process.execPath, [worker, input]));
  check(text.startsWith('{'), `the bare client failed: ${text.slice(0, 1_500)}`);
  return JSON.parse(text);
}

function textOf(child) {
  return new Promise((done, fail) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    child.once('error', fail).once('close', () => done(text));
  });
}
