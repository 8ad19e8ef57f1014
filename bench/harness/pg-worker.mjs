// A replacement for pgbench where it is missing: the same statements over bare pg connections.
import { readFileSync } from 'node:fs';
import pg from 'pg';

const { login, options, work, choices, connections, seconds } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function prepare(text) {
  const names = [];
  const prepared = text.replace(/(?<!:):([a-z]\w*)/gi, (_, name) => `$${names.push(name)}`);
  return { text: prepared, names };
}

const statements = work.statements.map((text, place) => ({ name: `s${place}`, ...prepare(text) }));
let count = 0;
const start = performance.now();
const end = start + seconds * 1_000;

async function loop() {
  const { name: database, ...rest } = login;
  const client = new pg.Client({ ...rest, database, options, pipeline: true });
  await client.connect();
  while (performance.now() < end) {
    const values = { ...work.constants, ...choices[count % choices.length] };
    const sent = [client.query('begin')];
    for (const { name, text, names } of statements) {
      sent.push(client.query({ name, text, values: names.map((one) => values[one]) }));
    }
    await Promise.all([...sent, client.query('commit')]);
    count += 1;
  }
  await client.end();
}

await Promise.all(Array.from({ length: connections }, loop));
const elapsed = (performance.now() - start) / 1_000;
process.stdout.write(
  JSON.stringify({ rate: count / elapsed, count, average: (elapsed * 1_000 * connections) / count }),
);
