import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigProblem, loadConfig } from './config.js';
import { withEnvFile } from './env-file.js';

const DOCUMENT = resolve(import.meta.dirname, '../../../test/fixtures/documents/taskmaster-database.env');

let folder: string;
let file: string;

const put = (text: string, mode = 0o600): void => {
  writeFileSync(file, text);
  chmodSync(file, mode);
};
const read = (env: Record<string, string> = {}): Readonly<Record<string, string | undefined>> =>
  withEnvFile(env, folder).env;

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof ConfigProblem) return error.problems;
    throw error;
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'taskmaster-env-'));
  file = join(folder, '.env');
});

beforeEach(() => rmSync(file, { force: true }));

afterAll(() => rmSync(folder, { recursive: true }));

describe('the file .env', () => {
  it('need not be there', () => {
    expect(withEnvFile({ API_PORT: '1' }, folder)).toEqual({ env: { API_PORT: '1' }, warnings: [] });
  });

  it('is read beneath the environment', () => {
    put('API_PORT=3001\nMETRICS_PORT=8081\n');
    expect(read({ API_PORT: '3002' })).toEqual({ API_PORT: '3002', METRICS_PORT: '8081' });
  });

  it.each([
    ['comments and blank lines', '# one\n\n  # two\nA=1\n', { A: '1' }],
    ['export', 'export A=1', { A: '1' }],
    ['quotation marks, and what follows them', `A="1 # 2" # three\nB='4'\n`, { A: '1 # 2', B: '4' }],
    ['a value of several lines', 'A="-----BEGIN\nkey\n-----END"\nB=2\n', { A: '-----BEGIN\nkey\n-----END', B: '2' }],
    ['an apostrophe within a value', "A=it's\nB=2\n", { A: "it's", B: '2' }],
    ['line ends of Windows, and a byte order mark', '\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['an empty value', 'A=\nB = 2\n', { A: '', B: '2' }],
  ])('knows %s', (_what, text, variables) => {
    put(text);
    expect(read()).toEqual(variables);
  });

  // Seen to fail: without the check of lines the service started with the defaults of what the file misspelt.
  it('is refused with one sentence for each line that is no assignment, and repeats none', () => {
    put('API_PORT=3001\nDB_PASSWORD: hidden\nB=2\n1A=hidden\nC="open\n');
    const problems = problemsOf(read);
    expect(problems).toEqual([2, 4, 5].map((line) => `.env, line ${line}, is not NAME=value.`));
  });

  it('counts the lines of values that have several', () => {
    put('A="1\n2\n3"\nwrong\n');
    expect(problemsOf(read)).toEqual(['.env, line 4, is not NAME=value.']);
  });

  it('is refused when everybody can change it', () => {
    put('API_PORT=3001\n', 0o666);
    expect(problemsOf(read)).toEqual(['.env can be changed by every user of this computer: run "chmod 600 .env".']);
  });

  it('causes a warning when others can read its secrets, and only then', () => {
    put('JWT_SECRET=a-secret-of-more-than-thirty-two-characters\nAPI_PORT=1\nDB_PASSWORD=\n', 0o644);
    expect(withEnvFile({}, folder).warnings).toEqual([
      '.env holds JWT_SECRET and other users can read it: run "chmod 600 .env".',
    ]);
    put('JWT_SECRET=a-secret-of-more-than-thirty-two-characters\n');
    expect(withEnvFile({}, folder).warnings).toEqual([]);
    put('API_PORT=1\n', 0o644);
    expect(withEnvFile({}, folder).warnings).toEqual([]);
  });

  it('can be another one, which must be there then', () => {
    put('API_PORT=3001\n');
    expect(read({ TASKMASTER_ENV_FILE: '/dev/null' })).toEqual({ TASKMASTER_ENV_FILE: '/dev/null' });
    expect(problemsOf(() => read({ TASKMASTER_ENV_FILE: 'other.env' }))).toEqual([
      'other.env cannot be read (ENOENT).',
    ]);
  });
});

describe('the environment of the design document', () => {
  it('is refused as it is, with one sentence for each reason', () => {
    put(readFileSync(DOCUMENT, 'utf8'));
    expect(problemsOf(() => loadConfig(read()))).toEqual([
      'JWT_SECRET must have at least 32 characters.',
      'CLOUDFLARE_PROXY_ENABLED must be false: the service connects to PostgreSQL without a tunnel (cloudflared/README.md says how operators use one).',
      'CLOUDFLARE_TUNNEL_ID must be the UUID that "cloudflared tunnel create" prints.',
      'CLOUDFLARE_TEAM_DOMAIN is needed with CLOUDFLARE_ACCESS_ENABLED.',
      'CLOUDFLARE_ACCESS_AUD is needed with CLOUDFLARE_ACCESS_ENABLED.',
    ]);
  });

  it('works once these are answered, and every variable of it counts', () => {
    const answers = {
      JWT_SECRET: 'a secret of more than thirty-two characters',
      CLOUDFLARE_PROXY_ENABLED: 'false',
      CLOUDFLARE_TUNNEL_ID: '6ff42ae2-765d-4adf-8112-31c55c1551ef',
      CLOUDFLARE_TEAM_DOMAIN: 'example',
      CLOUDFLARE_ACCESS_AUD: 'a'.repeat(64),
    };
    put(readFileSync(DOCUMENT, 'utf8'));
    expect(loadConfig(read(answers))).toMatchObject({
      database: {
        ...{ host: 'localhost', port: 5432, name: 'codegen-taskmaster-db', user: 'software_developer' },
        ...{ password: 'secure_password', ssl: { rejectUnauthorized: false } },
      },
      api: { port: 3000, corsOrigins: ['https://taskmaster.com'] },
      cloudflare: { issuer: 'https://example.cloudflareaccess.com' },
      metrics: { enabled: true, port: 8080 },
    });
  });
});
