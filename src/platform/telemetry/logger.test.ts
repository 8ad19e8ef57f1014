import { describe, expect, it } from '@jest/globals';
import type { Config } from '../config/config.js';
import { Fault } from '../faults/fault.js';
import { accessLog } from './access-log.js';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

const API_KEY = 'tmk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

function logTo(level: Config['logLevel'] = 'debug') {
  const lines: string[] = [];
  const logger = createLogger(level, { write: (line: string) => void lines.push(line) });
  const parsed = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line));
  return { logger, nest: new NestLogger(logger), lines, parsed };
}

describe('a line of the log', () => {
  it('is one JSON object with a level and an ISO time', () => {
    const { logger, lines, parsed } = logTo();
    logger.info({ one: 1 }, 'two\nlines');
    expect(lines).toEqual([expect.stringMatching(/^\{.*\}\n$/)]);
    expect(parsed()).toEqual([{ level: 'info', time: expect.stringMatching(/Z$/), one: 1, msg: 'two\nlines' }]);
  });

  it('is not written below the configured level', () => {
    const { logger, lines } = logTo('warn');
    logger.info('no');
    logger.warn('yes');
    expect(lines).toHaveLength(1);
  });

  it('is written once a minute when it repeats, unless it belongs to a request', () => {
    const { nest, parsed } = logTo();
    for (let time = 0; time < 3; time += 1)
      nest.warn({ error: new Error('refused') }, 'the queue did not start', 'Jobs');
    nest.warn({ error: new Error('another') }, 'the queue did not start', 'Jobs');
    for (let time = 0; time < 2; time += 1)
      nest.error({ requestId: 'req_1', error: new Error('refused') }, 'failed', 'Http');
    expect(parsed().map(({ msg }) => msg)).toEqual([
      'the queue did not start',
      'the queue did not start',
      'failed',
      'failed',
    ]);
  });

  it.each([
    ['authorization', { authorization: 'canary' }],
    ['a header', { headers: { 'X-API-Key': 'canary', Cookie: 'canary' } }],
    ['a key', { api_key: 'canary', apiKey: 'canary' }],
    ['a password', { user: { newPassword: 'canary', passwordHash: 'canary' } }],
    ['a token', { list: [{ refreshToken: 'canary', token: 'canary' }] }],
    ['an edge assertion', { 'cf-access-jwt-assertion': 'canary' }],
  ])('shows nothing of %s', (_, fields) => {
    const { logger, lines } = logTo();
    logger.info(fields, 'x');
    expect(lines.join('')).toContain('[redacted]');
    expect(lines.join('')).not.toContain('canary');
  });

  it.each([
    ['an API key', `refused ${API_KEY} here`, API_KEY],
    ['a JWT', `refused ${JWT}`, JWT],
    ['a bearer', 'sent Bearer abc.def', 'abc.def'],
    ['a connection URL', 'cannot reach postgres://app:hunter2@db:5432/x', 'hunter2'],
  ])('recognises %s inside of a text', (_, text, secret) => {
    const { logger, lines } = logTo();
    logger.warn(text);
    logger.warn({ note: text, error: new Error(text) }, 'failed');
    expect(lines.join('')).not.toContain(secret);
    expect(lines.join('')).toContain('[redacted]');
  });

  it('spells an error out with its stack and cause, and without what quotes rows', () => {
    const { logger, parsed } = logTo();
    const cause = Object.assign(new Error('violates unique constraint'), {
      code: '23505',
      constraint: 'users_email_key',
      detail: 'Key (email)=(ada@example.com) already exists.',
      parameters: ['ada@example.com'],
    });
    logger.error({ error: new Fault('INTERNAL', 'failed', { cause }) }, 'failed');
    const [line] = parsed();
    expect(line).toMatchObject({
      error: {
        type: 'Fault',
        stack: expect.stringContaining('logger.test'),
        cause: { code: '23505', constraint: 'users_email_key', message: 'violates unique constraint' },
      },
    });
    expect(JSON.stringify(line)).not.toContain('ada@example.com');
  });

  it('survives what refers to itself', () => {
    const { logger, lines } = logTo();
    const ring: Record<string, unknown> = {};
    ring['ring'] = ring;
    logger.info({ ring }, 'x');
    expect(lines).toHaveLength(1);
  });
});

describe("Nest's log", () => {
  it('keeps fields, text, context and stack apart', () => {
    const { nest, parsed } = logTo();
    nest.log('started', 'Main');
    nest.error({ requestId: 'req_1', error: new Error('broken') }, 'Internal error', 'FaultFilter');
    nest.error('broken', 'Error: broken\n    at here', 'Main');
    expect(parsed()).toMatchObject([
      { level: 'info', context: 'Main', msg: 'started' },
      {
        level: 'error',
        context: 'FaultFilter',
        msg: 'Internal error',
        requestId: 'req_1',
        error: { message: 'broken' },
      },
      { level: 'error', context: 'Main', msg: 'broken', stack: 'Error: broken\n    at here' },
    ]);
  });
});

describe('the access log', () => {
  const request = { requestId: 'req_1', method: 'GET', route: '/api/v1/tasks/:id', userId: 'ada', seconds: 0.0123456 };

  it('writes which request, by whom, how it ended and how long it took', () => {
    const { logger, parsed } = logTo();
    accessLog(logger)({ ...request, status: 200 });
    const facts = { requestId: 'req_1', method: 'GET', route: '/api/v1/tasks/:id', status: 200, userId: 'ada' };
    expect(parsed()).toEqual([{ level: 'info', time: expect.any(String), ...facts, ms: 12.346 }]);
  });

  it('warns of failures of the service, and keeps the probes of machines for debugging', () => {
    const { logger, parsed } = logTo();
    const log = accessLog(logger);
    log({ ...request, status: 500 });
    log({ ...request, status: 200, route: '/api/v1/health/live' });
    log({ ...request, status: 503, route: '/api/v1/health/ready' });
    expect(parsed().map((line) => line['level'])).toEqual(['warn', 'debug', 'warn']);
  });
});
