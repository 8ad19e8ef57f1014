// Random or time-ordered keys: UUID version 4 against version 7 as the primary key of tasks.
//
//   node bench/keys.mjs postgres://postgres@localhost:5432/scratch [rows]
//
// The database (PostgreSQL 18, whose counters are per session) must be migrated and may hold anything; the user must be a
// superuser. For each kind of key the script
// makes a copy of public.tasks (schema bench_keys, same columns, checks and indexes, no foreign keys, no triggers), then
// inserts `rows` (1,000,000) in batches of 1,000, the two kinds in turn, so that a slow minute hits both. Reported
// per kind: rows per second, WAL bytes, full-page images, pages written and read, sizes, and look-ups.
// shared_buffers decides how much the random key hurts: with indexes that fit in memory it is the kindest case for it.
import pg from 'pg';

const KINDS = { v4: 'gen_random_uuid()', v7: 'app.new_id()' };
const BATCH = 1_000;
const SLICE = 25;
const LOOKUPS = 20_000;
const TEAMS = 1_000;

const [url, rows = '1000000'] = process.argv.slice(2);
if (!url) throw new Error('usage: node bench/keys.mjs <database url> [rows]');
const client = new pg.Client(url);
await client.connect();
try {
  await prepare();
  const insertion = await insert(Number(rows) / BATCH);
  await client.query('vacuum (analyze) bench_keys.v4');
  await client.query('vacuum (analyze) bench_keys.v7');
  const report = { v4: summary(insertion.v4), v7: summary(insertion.v7) };
  for (const kind of Object.keys(KINDS)) Object.assign(report[kind], await sizes(kind));
  await lookUp(report);
  print(report);
} finally {
  await client.query('drop schema if exists bench_keys cascade');
  await client.end();
}

async function prepare() {
  await client.query('drop schema if exists bench_keys cascade');
  await client.query('create schema bench_keys');
  for (const kind of Object.keys(KINDS)) {
    await client.query(`create table bench_keys.${kind} (like public.tasks including all)`);
    await client.query(`alter table bench_keys.${kind} alter column id set default ${KINDS[kind]}`);
  }
  await client.query('checkpoint');
}

/** Slices of v4 and v7 in turn, one transaction per batch. */
async function insert(batches) {
  const measured = { v4: [], v7: [] };
  for (let first = 0; first < batches; first += SLICE) {
    const order = (first / SLICE) % 2 === 0 ? ['v4', 'v7'] : ['v7', 'v4'];
    for (const kind of order) {
      const before = await counters();
      for (let batch = first; batch < Math.min(first + SLICE, batches); batch += 1) {
        await client.query(
          `insert into bench_keys.${kind} (team_id, title, description, status, tags)
           select ('c0000000-0000-7000-8000-' || lpad(to_hex((n * 7919) % ${TEAMS}), 12, '0'))::uuid, 'Task ' || n,
                  'Made to measure keys ' || n % 977, (array['pending', 'in_progress', 'completed'])[1 + n % 3], '["bench"]'
           from generate_series($1::bigint, $1::bigint + ${BATCH - 1}) n`,
          [batch * BATCH],
        );
      }
      measured[kind].push(difference(before, await counters()));
    }
    if (first % (SLICE * 8) === 0) await client.query('checkpoint');
  }
  return measured;
}

/** Of this session alone, so that autovacuum and other work on the server do not count. */
async function counters() {
  await client.query('select pg_stat_force_next_flush()');
  const { rows: found } = await client.query(
    `select w.wal_bytes::float8, w.wal_fpi::float8 as images, b.written::float8, b.read::float8
     from pg_stat_get_backend_wal(pg_backend_pid()) w,
          (select sum(writes + extends) as written, sum(reads) as read
           from pg_stat_get_backend_io(pg_backend_pid())
           where object = 'relation') b`,
  );
  return { ...found[0], at: performance.now() };
}

function difference(before, after) {
  return Object.fromEntries(Object.keys(before).map((key) => [key, after[key] - before[key]]));
}

function summary(slices) {
  const total = (key) => slices.reduce((sum, slice) => sum + slice[key], 0);
  const count = slices.length * SLICE * BATCH;
  return {
    'rows per second (median slice)': median(slices.map((slice) => (SLICE * BATCH * 1_000) / slice.at)),
    'rows per second (last quarter)': median(
      slices.slice(-Math.ceil(slices.length / 4)).map((slice) => (SLICE * BATCH * 1_000) / slice.at),
    ),
    'WAL bytes per row': total('wal_bytes') / count,
    'full-page images per 1,000 rows': (total('images') / count) * 1_000,
    'pages written per 1,000 rows': (total('written') / count) * 1_000,
    'pages read per 1,000 rows': (total('read') / count) * 1_000,
  };
}

async function sizes(kind) {
  const { rows: found } = await client.query(
    `select pg_table_size($1::regclass)::float8 / 1048576 as heap,
            pg_indexes_size($1::regclass)::float8 / 1048576 as indexes,
            pg_relation_size(i.indexrelid)::float8 / 1048576 as primary_key
     from pg_index i
     where i.indrelid = $1::regclass
       and i.indisprimary`,
    [`bench_keys.${kind}`],
  );
  return { 'table MB': found[0].heap, 'all indexes MB': found[0].indexes, 'primary key MB': found[0].primary_key };
}

/** Random rows, and the newest percent, which is what people ask for; the two kinds in turn. */
async function lookUp(report) {
  const samples = {
    'random look-ups per second': (kind) =>
      `select id from bench_keys.${kind} tablesample bernoulli (5) repeatable (1)`,
    'look-ups of recent rows per second': (kind) =>
      `select id from bench_keys.${kind} order by created_at desc limit ${Number(rows) / 100}`,
  };
  for (const [name, sample] of Object.entries(samples)) {
    const ids = {};
    const rates = { v4: [], v7: [] };
    for (const kind of Object.keys(KINDS)) ids[kind] = (await client.query(sample(kind))).rows;
    for (let slice = 0; slice < LOOKUPS / 1_000; slice += 1) {
      for (const kind of slice % 2 === 0 ? ['v4', 'v7'] : ['v7', 'v4'])
        rates[kind].push(await rate(kind, ids[kind], slice));
    }
    for (const kind of Object.keys(KINDS)) report[kind][name] = median(rates[kind]);
    if (name.includes('recent')) {
      for (const kind of Object.keys(KINDS))
        report[kind]['pages touched by 1,000 recent rows'] = await pagesOf(kind, ids[kind]);
    }
  }
}

async function rate(kind, ids, slice) {
  const before = performance.now();
  for (let n = slice * 1_000; n < (slice + 1) * 1_000; n += 1) {
    await client.query({
      name: `get_${kind}`,
      text: `select title from bench_keys.${kind} where id = $1`,
      values: [ids[(n * 7919) % ids.length].id],
    });
  }
  return 1_000_000 / (performance.now() - before);
}

/** Leaf pages of the primary key, taken as 250 keys each: what has to stay in memory for these look-ups. */
async function pagesOf(kind, ids) {
  const { rows: found } = await client.query(
    `select count(distinct leaf) as pages
     from (
       select id, sum(case when first then 1 else 0 end) over (order by id) as leaf
       from (
         select id, row_number() over (order by id) % 250 = 1 as first from bench_keys.${kind}
       ) numbered
     ) placed
     where id = any($1)`,
    [ids.slice(0, 1_000).map((row) => row.id)],
  );
  return Number(found[0].pages);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function print(report) {
  console.log('| | v4 | v7 | v4 / v7 |\n|---|---|---|---|');
  for (const key of Object.keys(report.v4)) {
    const [a, b] = [report.v4[key], report.v7[key]];
    console.log(`| ${key} | ${a.toFixed(a < 100 ? 1 : 0)} | ${b.toFixed(b < 100 ? 1 : 0)} | ${(a / b).toFixed(2)} |`);
  }
}
