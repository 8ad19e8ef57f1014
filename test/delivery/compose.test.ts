import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settings } from '../../src/platform/config/settings.js';
import type { Compose } from './policies/compose.js';
import { composeFindings } from './policies/compose.js';
import type { EdgeCompose } from './policies/compose-edge.js';
import { edgeFindings, merged } from './policies/compose-edge.js';
import { parseYaml } from './policies/yaml.js';

const root = resolve(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const edgeText = readFileSync(join(root, 'deploy/compose.edge.yml'), 'utf8');
const parse = (yaml: string): Compose => parseYaml(yaml) as Compose;

const parseEdge = (yaml: string): EdgeCompose => parseYaml(yaml) as EdgeCompose;

function change(original: string, from: string | RegExp, to: string): string {
  const changed = original.replace(from, to);
  if (changed === original) throw new Error(`nothing to change: ${String(from)}`);
  return changed;
}

const planting = (from: string | RegExp, to: string): Compose => parse(change(text, from, to));

describe('docker-compose.yml', () => {
  it('follows every rule', () => {
    expect(composeFindings(parse(text))).toEqual([]);
  });

  it.each<[string, string | RegExp, string]>([
    ['has-api-and-postgres', /^ {2}api:/m, '  server:'],
    ['images-are-pinned', 'postgres:18.4-bookworm', 'postgres:latest'],
    ['images-are-pinned', 'postgres:18.4-bookworm', 'postgres'],
    ['secrets-come-from-outside', /\$\{DB_PASSWORD:\?[^}]*\}/, 'password'],
    ['secrets-come-from-outside', /\$\{JWT_SECRET:\?[^}]*\}/, '${JWT_SECRET:-changeme}'],
    ['ports-stay-on-this-host', '${API_BIND:-127.0.0.1}:3000', '3000'],
    [
      'database-is-not-published',
      'networks: [data]\n    healthcheck',
      "networks: [data]\n    ports: ['127.0.0.1:5432:5432']\n    healthcheck",
    ],
    ['database-network-is-internal', '{ internal: true }', '{}'],
    ['database-has-a-healthcheck', "'pg_isready'", "'true'"],
    ['data-is-in-a-named-volume', 'postgres_data:/var/lib/postgresql\n', 'postgres_data:/var/lib/postgresql/data\n'],
    ['service-login-is-not-the-superuser', 'DB_USER: taskmaster', 'DB_USER: postgres'],
    ['service-never-sees-the-superuser-password', '${DB_PASSWORD:?', '${POSTGRES_PASSWORD:?'],
    ['waits-for-the-database', 'service_healthy', 'service_started'],
    ['waits-for-the-migration', 'service_completed_successfully', 'service_started'],
    ['service-is-hardened', 'read_only: true', 'read_only: false'],
    ['service-is-hardened', 'cap_drop: [ALL]', 'cap_drop: []'],
    ['service-is-hardened', 'no-new-privileges:true', 'label:disable'],
    ['nothing-is-privileged', 'mem_limit', 'privileged: true\n    mem_limit'],
    ['has-time-to-drain', 'stop_grace_period: 30s', 'stop_grace_period: 5s'],
    ['comes-back-after-a-crash', 'restart: unless-stopped', 'restart: "no"'],
  ])('detects a violation of %s', (rule, from, to) => {
    expect(composeFindings(planting(from, to))).toContain(rule);
  });

  it('sets only variables that the service knows', () => {
    const { api, migrate } = parse(text).services;
    const set = [...Object.keys(api!.environment!), ...Object.keys(migrate!.environment!)];
    expect(set.filter((name) => !(name in settings))).toEqual([]);
  });
});

describe('deploy/compose.edge.yml', () => {
  it('follows every rule, and docker-compose.yml still does with it', () => {
    expect(edgeFindings(parseEdge(edgeText))).toEqual([]);
    expect(composeFindings(merged(parse(text), parseEdge(edgeText)))).toEqual([]);
  });

  it.each<[string, string | RegExp, string]>([
    ['access-is-required', "CLOUDFLARE_ACCESS_REQUIRED: 'true'", "CLOUDFLARE_ACCESS_REQUIRED: 'false'"],
    ['access-is-required', 'CLOUDFLARE_ACCESS_REQUIRED', 'CLOUDFLARE_ACCESS_ENABLED'],
    ['team-and-audience-come-from-outside', /\$\{CLOUDFLARE_ACCESS_AUD:\?[^}]*\}/, '${CLOUDFLARE_ACCESS_AUD:-}'],
    [
      'trusts-cloudflared-alone',
      'TRUSTED_PROXIES: ${TUNNEL_ADDRESS:-172.30.255.2}',
      'TRUSTED_PROXIES: 172.30.255.0/29',
    ],
    ['trusts-cloudflared-alone', /TRUSTED_PROXIES:.*/, ''],
    ['publishes-no-port', 'networks: [tunnel]', "networks: [tunnel]\n    ports: ['3001:3000']"],
    ['cloudflared-reaches-nothing-else', /tunnel: \{ ipv4_address.*/, '$&\n      data: {}'],
    ['cloudflared-is-hardened', 'read_only: true', 'read_only: false'],
    ['cloudflared-is-hardened', '65532:65532', '0:0'],
    ['cloudflared-reads-its-configuration-only', 'cloudflared:ro', 'cloudflared:rw'],
    ['cloudflared-does-not-replace-itself', "'--no-autoupdate', ", ''],
  ])('detects a violation of %s', (rule, from, to) => {
    expect(edgeFindings(parseEdge(change(edgeText, from, to)))).toContain(rule);
  });

  it('sets only variables that the service knows', () => {
    const { api } = parseEdge(edgeText).services;
    expect(Object.keys(api!.environment!).filter((name) => !(name in settings))).toEqual([]);
  });
});
