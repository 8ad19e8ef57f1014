import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Fault } from '../faults/fault.js';
import { isStaleStatement, leavesConnectionUsable, toFault } from './sql-state.js';

function sqlError(code: string, more: Partial<pg.DatabaseError> = {}): pg.DatabaseError {
  const error = new pg.DatabaseError(more.message ?? 'as PostgreSQL says it', 1, 'error');
  return Object.assign(error, { code, severity: 'ERROR' }, more);
}

describe('The meaning of an SQLSTATE', () => {
  it.each([
    ['28000', 'UNAUTHENTICATED'],
    ['42501', 'FORBIDDEN'],
    ['25006', 'FORBIDDEN'],
    ['23505', 'ALREADY_EXISTS'],
    ['23502', 'VALIDATION_FAILED'],
    ['23514', 'VALIDATION_FAILED'],
    ['22P02', 'VALIDATION_FAILED'],
    ['22021', 'VALIDATION_FAILED'],
    ['22P05', 'VALIDATION_FAILED'],
    ['22003', 'VALIDATION_FAILED'],
    ['40001', 'CONFLICT'],
    ['40P01', 'CONFLICT'],
    ['57014', 'STATEMENT_TIMEOUT'],
    ['53300', 'DATABASE_UNAVAILABLE'],
    ['57P01', 'DATABASE_UNAVAILABLE'],
    ['57P03', 'DATABASE_UNAVAILABLE'],
    ['08006', 'DATABASE_UNAVAILABLE'],
  ])('%s is %s', (state, code) => {
    expect(toFault(sqlError(state))).toMatchObject({ code });
  });

  it('tells a missing target from one that is still needed', () => {
    const missing = 'insert or update on table "a" violates foreign key constraint "b"';
    const needed = 'update or delete on table "a" violates foreign key constraint "b" on table "c"';
    expect(toFault(sqlError('23503', { message: missing }))).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(toFault(sqlError('23503', { message: needed }))).toMatchObject({ code: 'IN_USE' });
  });

  it('lets a constraint speak for itself', () => {
    const rules = {
      tasks_title_check: { code: 'RULE_VIOLATED', detail: 'A task needs a title.', path: 'title' },
    } as const;
    expect(toFault(sqlError('23514', { constraint: 'tasks_title_check' }), rules)).toMatchObject({
      code: 'RULE_VIOLATED',
      detail: 'A task needs a title.',
      errors: [{ path: 'title' }],
    });
  });

  it('never repeats what PostgreSQL said, but keeps it for the log', () => {
    const fault = toFault(sqlError('23505', { message: 'duplicate key: secret@example.com' })) as Fault;
    expect(JSON.stringify([fault.detail, fault.message, fault.errors, fault.headers])).not.toContain('secret');
    expect(fault.cause).toMatchObject({ code: '23505' });
  });

  it('asks for another try where one may succeed', () => {
    for (const state of ['40001', '40P01', '57014', '53300', '08006']) {
      expect(toFault(sqlError(state))).toMatchObject({ headers: { 'Retry-After': '1' } });
    }
    expect(toFault(sqlError('23505'))).toMatchObject({ headers: {} });
  });

  it('leaves alone what it does not know: a mistake of ours is no answer to a client', () => {
    for (const error of [sqlError('42P01'), new TypeError('x'), 'text', undefined]) expect(toFault(error)).toBe(error);
    const fault = new Fault('NOT_FOUND');
    expect(toFault(fault)).toBe(fault);
  });
});

describe('An error of the connection', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])(
    '%s means that the database is away',
    (code) => {
      expect(toFault(Object.assign(new Error('x'), { code }))).toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        status: 503,
      });
    },
  );

  it.each(['Connection terminated unexpectedly', 'Query read timeout', 'timeout expired'])(
    'so does "%s"',
    (message) => {
      expect(toFault(new Error(message))).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    },
  );

  it('costs the connection its place in the pool, which an ordinary SQL error does not', () => {
    expect(leavesConnectionUsable(sqlError('23505'))).toBe(true);
    expect(leavesConnectionUsable(sqlError('57P01', { severity: 'FATAL' }))).toBe(false);
    expect(leavesConnectionUsable(new Error('Query read timeout'))).toBe(false);
  });

  it('is not a statement that has to be prepared again', () => {
    expect(isStaleStatement(sqlError('0A000'))).toBe(true);
    expect(isStaleStatement(sqlError('26000'))).toBe(true);
    expect(isStaleStatement(sqlError('23505'))).toBe(false);
  });
});
