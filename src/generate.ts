import 'reflect-metadata';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createApplication } from './application.js';
import { features } from './features.js';
import { schemaText } from './graphql.js';
import { liveDocument } from './modules/live/live.documentation.js';
import { personalDataPage } from './modules/privacy/personal-page.js';
import { columnsFunction, exportFunction } from './modules/privacy/personal-sql.js';
import { nextFilters } from './modules/tasks/task-filters.dto.js';
import { loadConfig } from './platform/config/config.js';
import { environmentExample } from './platform/config/example.js';
import { eventFunctions } from './platform/events/event-sql.js';
import { manifestOf } from './platform/feature/feature.js';
import { faultPage } from './platform/faults/page.js';
import { openApiDocument } from './platform/http/documentation.js';
import { operationPage } from './platform/operations/page.js';
import { filterFunctions } from './platform/schema/filter-sql.js';

const root = join(import.meta.dirname, '..');

/** The generator runs no statement, so this database need not exist. */
const nowhere = {
  DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
  JWT_SECRET: 'not a secret, nothing is signed here',
  LOG_LEVEL: 'silent',
};

const asJson = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

/** The documents that describe the application. */
async function documents(): Promise<[string, string][]> {
  const app = await createApplication(loadConfig(nowhere));
  const found: [string, string][] = [
    ['docs/generated/openapi.json', asJson(openApiDocument(app))],
    ['docs/generated/asyncapi.json', asJson(liveDocument(app))],
    ['docs/generated/schema.gql', await schemaText(app)],
    ['docs/generated/operations.md', operationPage(app)],
  ];
  await app.close();
  return found;
}

/** The SQL functions of all declared events, of the filters of tasks, which claims run, and of the export and the erasure of personal data. */
function functions(): [string, string][] {
  const sources = features.flatMap((feature) => manifestOf(feature).events ?? []);
  const filters = filterFunctions('fits_task_filter', 'public.tasks', nextFilters);
  const files = [
    ...eventFunctions(sources),
    ['fits_task_filter.sql', filters] as const,
    ['export_person.sql', exportFunction()] as const,
    ['personal_columns.sql', columnsFunction()] as const,
  ];
  return files.map(([name, text]) => [`migrations/functions/${name}`, text]);
}

/** Every generated file with its text. */
async function generated(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ...(await documents()),
    ['docs/generated/errors.md', faultPage()],
    ['docs/personal-data.md', personalDataPage()],
    ['.env.example', environmentExample()],
  ]);
}

function read(file: string): string | null {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return null;
  }
}

const isCheck = process.argv.includes('--check');
const staleFiles: string[] = [];

/** Writes outdated files; a check only collects them. */
function settle(files: Iterable<readonly [string, string]>): void {
  for (const [file, text] of files) {
    if (read(file) === text) continue;
    staleFiles.push(file);
    if (isCheck) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    process.stdout.write(`wrote ${file}\n`);
  }
}

// Functions come first, because the application does not start if a migration includes a missing file.
settle(functions());
settle(await generated());
if (isCheck && staleFiles.length > 0) {
  process.stderr.write(`Not current: ${staleFiles.join(', ')}. Run npm run generate.\n`);
  process.exit(1);
}
process.exit(0);
