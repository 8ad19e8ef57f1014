import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ConfigProblem, loadConfig } from '../../src/platform/config/config.js';
import { tracingProblems } from '../../src/platform/config/telemetry-config.js';
import { readEnvironment } from '../../src/platform/config/settings.js';
import { eventually } from '../start/program.js';
import { AccessIssuer, AUDIENCE } from '../support/access-issuer.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Receiver } from '../support/json-receiver.js';

const [TRACE, SPAN] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly Attribute[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const valuesOf = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

let collector: Receiver;
const exported = (): readonly Export[] => collector.received.map(({ body }) => JSON.parse(body) as Export);
const spans = (): readonly Span[] =>
  exported().flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)),
  );
const requestSpan = (traceId: string): Promise<Span> =>
  eventually(() => spans().find((span) => span.traceId === traceId && span.kind === 2));

describe('traces', () => {
  let app: TestApp;
  let issuer: AccessIssuer;
  let user: TestUser;
  const log: string[] = [];

  beforeAll(async () => {
    collector = await Receiver.start();
    issuer = await new AccessIssuer().start();
    app = await startTestApp(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}/`,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=a%20key',
        LOG_LEVEL: 'trace',
        CLOUDFLARE_ACCESS_ENABLED: 'true',
        CLOUDFLARE_TEAM_DOMAIN: issuer.url,
        CLOUDFLARE_ACCESS_AUD: AUDIENCE,
      },
      { write: (line) => void log.push(line) },
    );
    user = await app.user();
  });

  afterAll(async () => {
    await app.close();
    await issuer.stop();
    await collector.stop();
  });

  const traced = (traceId: string, flags = '01'): Client =>
    new Client(app.url, user).with({ traceparent: `00-${traceId}-${SPAN}-${flags}` });

  // Seen to fail: with the hooks of a request outside of its context, no statement had a parent.
  it('show a request and each of its statements, by name, in the trace of the caller', async () => {
    const reply = await traced(TRACE).post<{ id: string }>('/tasks', { title: 'canary-title' });
    expect(reply.status).toBe(201);
    const span = await requestSpan(TRACE);
    expect(span).toMatchObject({ name: 'POST /api/v1/tasks', kind: 2, parentSpanId: SPAN });
    expect(valuesOf(span.attributes)).toEqual({
      'http.request.method': 'POST',
      'http.route': '/api/v1/tasks',
      'http.response.status_code': 201,
      'taskmaster.request_id': reply.body.meta?.requestId,
    });
    const statements = spans().filter(({ parentSpanId }) => parentSpanId === span.spanId);
    expect(statements.map(({ name, kind }) => [name, kind])).toContainEqual([
      expect.stringMatching(/^tasks\.insert/),
      3,
    ]);
    for (const { attributes } of statements) {
      expect(Object.keys(valuesOf(attributes)).sort()).toEqual([
        'db.query.summary',
        'db.system.name',
        'taskmaster.pool',
      ]);
    }
    expect(reply.headers.get('traceparent')).toBe(`00-${TRACE}-${span.spanId}-01`);
    expect(log.find((line) => line.includes(reply.body.meta?.requestId ?? ''))).toContain(`"traceId":"${TRACE}"`);
  });

  it('show the statements of a request whose body arrives after its headers, in parts', async () => {
    const trace = TRACE.replace('4bf', '9bf');
    const body = '{"title":"in parts"}';
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    const lines = [
      ...['POST /api/v1/tasks HTTP/1.1', 'host: x', `x-api-key: ${user.key}`, 'content-type: application/json'],
      ...[`content-length: ${body.length}`, 'expect: 100-continue', `traceparent: 00-${trace}-${SPAN}-01`],
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    socket.write(body.slice(0, 5));
    await new Client(app.url, user).get('/tasks');
    socket.write(body.slice(5));
    await once(socket, 'data');
    socket.destroy();
    const { spanId } = await requestSpan(trace);
    expect(
      spans().find(({ name, parentSpanId }) => name.startsWith('tasks.insert') && parentSpanId === spanId),
    ).toBeDefined();
  });

  it('begin here without a caller, and carry the name of the service', async () => {
    const { headers } = await new Client(app.url, user).get('/tasks');
    const [, traceId = ''] = headers.get('traceparent')?.split('-') ?? [];
    expect((await requestSpan(traceId)).parentSpanId).toBeUndefined();
    const { resource } = exported()[0]!.resourceSpans[0]!;
    expect(valuesOf(resource.attributes)).toMatchObject({ 'service.name': 'taskmaster', 'service.version': '1.0.0' });
    expect(collector.received[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-collector-key': 'a key' } });
  });

  it('are not recorded when the caller does not record its own', async () => {
    const other = TRACE.replace('4bf', '5bf');
    const reply = await traced(other, '00').get('/tasks');
    expect(reply.headers.get('traceparent')).toMatch(new RegExp(`^00-${other}-[\\da-f]{16}-00$`));
    const after = TRACE.replace('4bf', '6bf');
    await traced(after).get('/tasks');
    await requestSpan(after);
    expect(spans().filter(({ traceId }) => traceId === other)).toEqual([]);
  });

  it('show a call to another service, without its path', async () => {
    const trace = TRACE.replace('4bf', '7bf');
    const token = issuer.sign(issuer.person('nobody@example.test'));
    const headers = { traceparent: `00-${trace}-${SPAN}-01`, 'cf-access-jwt-assertion': token };
    expect((await new Client(app.url, undefined, headers).get('/auth/me')).status).toBe(401);
    const { spanId } = await requestSpan(trace);
    const call = spans().find(({ name, parentSpanId }) => name.startsWith('read keys') && parentSpanId === spanId);
    expect(valuesOf(call?.attributes ?? [])).toEqual({
      'http.request.method': 'GET',
      'server.address': '127.0.0.1',
      'http.response.status_code': 200,
    });
  });

  it('hold no secret, no parameter and nothing that a client wrote', async () => {
    const trace = TRACE.replace('4bf', '8bf');
    const client = traced(trace).with({ cookie: 'session=canary-cookie', 'user-agent': 'canary-agent' });
    await client.get('/tasks?q=canary-query');
    await client.post('/auth/login', { email: 'canary@example.test', password: 'canary-password' });
    await client.call('PATCH', '/tasks/canary-path', { title: 'canary-body' });
    await eventually(() => spans().filter(({ traceId, kind }) => traceId === trace && kind === 2).length === 3);
    expect(collector.text).not.toContain('canary');
    expect(collector.text).not.toContain(user.key);
    expect(collector.text).not.toContain('select');
  });

  it('leave probes out', async () => {
    const { headers } = await fetch(`${app.url}/api/v1/health/live`);
    expect(headers.get('traceparent')).toBeNull();
  });
});

describe('without a collector', () => {
  it('the trace of a caller is continued, logged and returned, and none is begun', async () => {
    const log: string[] = [];
    const app = await startTestApp({ LOG_LEVEL: 'info' }, { write: (line) => void log.push(line) });
    const client = new Client(app.url, await app.user());
    const reply = await client.with({ traceparent: `00-${TRACE}-${SPAN}-01` }).get('/tasks');
    const without = await client.get('/tasks');
    const invalid = await client.with({ traceparent: `00-${TRACE}-x-01` }).get('/tasks');
    await app.close();
    expect(reply.headers.get('traceparent')).toMatch(new RegExp(`^00-${TRACE}-(?!${SPAN})[\\da-f]{16}-01$`));
    expect([without, invalid].map(({ headers }) => headers.get('traceparent'))).toEqual([null, null]);
    expect(log.filter((line) => line.includes('traceId'))).toHaveLength(1);
  });

  /** Except for its interfaces, which prom-client loads. */
  it('nothing of OpenTelemetry and Sentry is loaded', () => {
    const program = `
      import '${join(import.meta.dirname, '../support/typescript.mjs')}';
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
      await import('${join(import.meta.dirname, '../../src/application.ts')}');
      console.log(JSON.stringify(seen.filter((url) => /node_modules.@(sentry|opentelemetry.(?!api))/.test(url))));
      process.exit(0);`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--no-warnings', '--input-type=module', '--eval', program],
      {
        encoding: 'utf8',
      },
    );
    expect([stdout.trim(), stderr]).toEqual(['[]', '']);
  });
});

describe('the settings of traces', () => {
  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'must be a http:// or https:// URL'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key', 'must be a comma list of name=value'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key=%', 'must be percent-encoded'],
    ['OTEL_TRACES_SAMPLER_ARG', '2', 'must be a number from 0 to 1'],
    ['OTEL_TRACES_SAMPLER_ARG', 'all', 'must be a number from 0 to 1'],
  ])('are refused in one sentence: %s=%s', (name, value, sentence) => {
    expect(() => loadConfig({ [name]: value })).toThrow(new ConfigProblem([`${name} ${sentence}.`]));
  });

  it('want a Node that the exporter runs on', () => {
    const { environment } = readEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' });
    expect(tracingProblems(environment, '22.15.0')).toEqual([]);
    expect(tracingProblems(environment, '20.19.0')).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT needs Node 22.15 or newer; this is 20.19.0.',
    ]);
  });
});
