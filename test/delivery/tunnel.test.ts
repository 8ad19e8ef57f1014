import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settings } from '../../src/platform/config/settings.js';
import type { Tunnel } from './policies/ingress.js';
import { ingressFindings } from './policies/ingress.js';
import { parseYaml } from './policies/yaml.js';

const root = resolve(import.meta.dirname, '../..');
const values: Record<string, string> = {
  CLOUDFLARE_TUNNEL_ID: '6ff42ae2-765d-4adf-8112-31c55c1551ef',
  CLOUDFLARE_API_HOSTNAME: 'api.example.com',
  CLOUDFLARE_ORIGIN: 'http://localhost:3000',
  CLOUDFLARE_PROXY_HOSTNAME: 'db.example.com',
  CLOUDFLARE_TEAM_DOMAIN: 'example',
  CLOUDFLARE_ACCESS_AUD: 'a'.repeat(64),
};

/** The file after `envsubst`. */
const render = (file: string): string =>
  readFileSync(join(root, 'cloudflared', file), 'utf8').replace(
    /\$\{(\w+)\}/g,
    (_, name: string) => values[name] ?? '',
  );

const parse = (yaml: string): Tunnel => parseYaml(yaml) as Tunnel;

function planting(file: string, from: string | RegExp, to: string): Tunnel {
  const text = render(file);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to change: ${String(from)}`);
  return parse(changed);
}

/** The tunnel of the main document, which cloudflared refuses. */
const document = `tunnel: x
credentials-file: /etc/cloudflared/credentials.json
ingress:
  - hostname: db.example.com
    service: tcp://localhost:5432
    originRequest: { tcpKeepAlive: 30s, noTLSVerify: false, connectTimeout: 30s }
`;

const CATCH_ALL = /\n {2}- service: http_status:404\n$/;

describe('cloudflared', () => {
  it.each(['api.yml', 'database.yml'])('%s follows every rule', (file) => {
    expect(ingressFindings(parse(render(file)))).toEqual([]);
  });

  it('refuses the tunnel of the main document', () => {
    expect(ingressFindings(parse(document))).toEqual([
      'last-rule-takes-everything',
      'raw-ports-ask-for-access',
      'unknown-requests-get-404',
    ]);
  });

  it.each<[string, string, string | RegExp, string]>([
    ['names-its-tunnel', 'api.yml', /credentials-file.*\n/, ''],
    ['last-rule-takes-everything', 'api.yml', CATCH_ALL, '\n'],
    ['only-the-last-rule-takes-everything', 'api.yml', 'ingress:\n', 'ingress:\n  - service: http_status:503\n'],
    ['wildcard-only-at-the-start', 'api.yml', 'api.example.com', 'api.*.com'],
    ['no-port-in-a-hostname', 'api.yml', 'api.example.com', 'api.example.com:443'],
    ['service-has-a-scheme-and-no-path', 'api.yml', 'http://localhost:3000', 'http://localhost:3000/api'],
    ['service-has-a-scheme-and-no-path', 'api.yml', 'http://localhost:3000', 'localhost:3000'],
    ['service-has-a-scheme-and-no-path', 'api.yml', 'http_status:404', 'http_status:40'],
    ['path-compiles', 'api.yml', '^/(api/v1/)?metrics', '"^/(metrics"'],
    ['access-names-team-and-audience', 'database.yml', /audTag: .*/, ''],
    ['origin-certificate-is-verified', 'database.yml', 'noTLSVerify: false', 'noTLSVerify: true'],
    ['raw-ports-ask-for-access', 'database.yml', 'required: true', 'required: false'],
    ['unknown-requests-get-404', 'api.yml', CATCH_ALL, '\n  - service: http_status:200\n'],
  ])('detects a violation of %s', (rule, file, from, to) => {
    expect(ingressFindings(planting(file, from, to))).toContain(rule);
  });

  it('does not expose metrics', () => {
    const [metrics] = parse(render('api.yml')).ingress!;
    expect(metrics).toMatchObject({ service: 'http_status:404' });
    const hidden = new RegExp(metrics!.path!);
    expect(['/metrics', '/api/v1/metrics', '/api/v1/tasks'].map((path) => hidden.test(path))).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('cloudflared/README.md', () => {
  const guide = readFileSync(join(root, 'cloudflared/README.md'), 'utf8');
  const commands = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.split('\n'));
  const steps = ['tunnel create', 'envsubst', 'ingress validate', 'tunnel route dns', ' run'];

  it('logs in before everything else', () => {
    expect(commands.find((line) => line.includes('cloudflared '))).toBe('cloudflared tunnel login');
  });

  it.each([
    ['api.yml', 'taskmaster-api'],
    ['database.yml', 'taskmaster-db'],
  ])('creates, configures, validates, routes and runs the tunnel of %s, in this order', (file, tunnel) => {
    const own = commands.filter((line) => line.includes(`/${file}`) || line.includes(tunnel));
    expect(own).toHaveLength(steps.length);
    expect(own.map((line, place) => line.includes(steps[place]!))).toEqual(steps.map(() => true));
  });

  it('gives every variable of the files a value first', () => {
    for (const file of ['api.yml', 'database.yml']) {
      const rendered = guide.indexOf(`envsubst < cloudflared/${file}`);
      const before = guide.slice(guide.lastIndexOf('cloudflared tunnel create', rendered), rendered);
      const text = readFileSync(join(root, 'cloudflared', file), 'utf8');
      const used = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!));
      expect([...used].filter((name) => !new RegExp(`export .*\\b${name}=`).test(before))).toEqual([]);
    }
  });

  it('hands --config to tunnel and not to run, which refuses it', () => {
    expect(commands.filter((line) => /run .*--config/.test(line))).toEqual([]);
  });
});

describe('docs/edge.md', () => {
  it('names files that there are, and the settings of the service', () => {
    const page = readFileSync(join(root, 'docs/edge.md'), 'utf8');
    const links = [...page.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => join(root, 'docs', link!));
    expect(links.length).toBeGreaterThan(4);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
    const named = [...page.matchAll(/\b(CLOUDFLARE_[A-Z_]+|TRUSTED_PROXIES)\b/g)].map(([, name]) => name!);
    const others = ['CLOUDFLARE_ORIGIN'];
    expect(named.filter((name) => !(name in settings) && !others.includes(name))).toEqual([]);
  });
});
