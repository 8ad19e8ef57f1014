import { describe, expect, it } from '@jest/globals';
import { parseLsn, WriteLedger } from './write-ledger.js';

describe('The ledger of last writes', () => {
  it('compares WAL positions as numbers, not as text', () => {
    expect(parseLsn('0/9') < parseLsn('0/10')).toBe(true);
    expect(parseLsn('9/0') < parseLsn('A/0')).toBe(true);
    expect(parseLsn('1/00000000') > parseLsn('0/FFFFFFFF')).toBe(true);
  });

  it('refuses what is no position', () => {
    for (const text of ['', '0', '0/', '0/G', 'x0/1', '0/123456789']) expect(() => parseLsn(text)).toThrow('no WAL');
  });

  it('asks for the later of what the user wrote here and what they name', () => {
    const ledger = new WriteLedger();
    expect(ledger.required('ada', null)).toBe(0n);
    ledger.note('ada', '0/20');
    ledger.note('ada', '0/10');
    expect(ledger.required('ada', null)).toBe(parseLsn('0/20'));
    expect(ledger.required('ada', '0/30')).toBe(parseLsn('0/30'));
    expect(ledger.required('bob', null)).toBe(0n);
  });

  it('stays safe for whom it forgot', () => {
    const ledger = new WriteLedger(2);
    ledger.note('ada', '0/30');
    ledger.note('bob', '0/40');
    ledger.note('eve', '0/50');
    expect(ledger.required('ada', null)).toBe(parseLsn('0/30'));
    expect(ledger.required('bob', null)).toBe(parseLsn('0/40'));
  });
});
