import 'reflect-metadata';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createApplication } from './application.js';
import { schemaText } from './graphql.js';
import { liveDocument } from './modules/live/live.documentation.js';
import { loadConfig } from './platform/config/config.js';
import { environmentExample } from './platform/config/example.js';
import { faultPage } from './platform/faults/page.js';
import { openApiDocument } from './platform/http/documentation.js';
import { operationPage } from './platform/operations/page.js';

const root = join(import.meta.dirname, '..');

/** No statement is run, so the database need not exist. */
const nowhere = {
  DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
  JWT_SECRET: 'not a secret, nothing is signed here',
  LOG_LEVEL: 'silent',
};

const asJson = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

/** The documents that the application describes itself with. */
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

/** Every generated file with its text. */
async function generated(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ...(await documents()),
    ['docs/generated/errors.md', faultPage()],
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

const files = await generated();
const stale = [...files].filter(([file, text]) => read(file) !== text).map(([file]) => file);
if (process.argv.includes('--check')) {
  if (stale.length > 0) process.stderr.write(`Not current: ${stale.join(', ')}. Run npm run generate.\n`);
  process.exit(stale.length > 0 ? 1 : 0);
}
for (const file of stale) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), files.get(file) ?? '');
  process.stdout.write(`wrote ${file}\n`);
}
process.exit(0);
