import { describe, expect, it } from '@jest/globals';
import { Problems } from './problems.js';
import { readSarif } from './sarif.read.js';
import { inSteps } from './steps.js';

const GUID = '11111111-1111-4111-8111-111111111111';
const RULE_GUID = '22222222-2222-4222-8222-222222222222';
const level = (value: string): object => ({ defaultConfiguration: { level: value } });

/** The driver says note everywhere, so that a level taken from there by mistake shows. */
const driver = {
  name: 'Q',
  rules: [
    { id: 'D0', ...level('note') },
    { id: 'D1', ...level('note'), guid: RULE_GUID.replace('2', '3') },
  ],
};
const python = {
  ...{ name: 'acme/python', guid: GUID },
  rules: [{ id: 'py/a' }, { id: 'py/x', guid: RULE_GUID, ...level('error') }, { id: 'CA1000', ...level('error') }],
};
const extensions = [{ name: 'empty' }, python];

async function levelOf(result: object, run: object = {}): Promise<{ level: string | undefined; setAside: string[] }> {
  const problems = new Problems();
  const results = [{ message: { text: 'm' }, ...result }];
  const log = { version: '2.1.0', runs: [{ tool: { driver, extensions }, results, ...run }] };
  const [report] = await inSteps(readSarif(JSON.stringify(log), problems));
  return { level: report?.findings[0]?.severity, setAside: problems.list.map(({ path }) => path) };
}

// Seen to fail: with #componentsOf answering null, every rule of an extension is looked for in the driver; with isMeant answering
// true in #within, an index is followed to a rule of another name.
describe('the level of a result is that of its rule', () => {
  it.each([
    ['by index', { ruleIndex: 0 }, 'note'],
    ['by id', { ruleId: 'D1' }, 'note'],
    ['of an extension by index', { rule: { index: 1, toolComponent: { index: 1 } } }, 'error'],
    ['of an extension by guid', { rule: { index: 1, toolComponent: { guid: GUID.toUpperCase() } } }, 'error'],
    ['of an extension by name', { rule: { id: 'py/x', index: 1, toolComponent: { name: 'acme/python' } } }, 'error'],
    [
      'of an extension by name and its own id',
      { ruleId: 'py/x', rule: { toolComponent: { name: 'acme/python' } } },
      'error',
    ],
    ['of an extension that has the ruleIndex', { ruleIndex: 1, rule: { toolComponent: { index: 1 } } }, 'error'],
    ['by its guid', { rule: { guid: RULE_GUID, toolComponent: { index: 1 } } }, 'error'],
    ['by its guid alone', { rule: { guid: RULE_GUID } }, 'error'],
    ['of an extension that is not named, by id', { ruleId: 'py/x' }, 'error'],
    ['by a hierarchical id', { ruleId: 'CA1000/1', rule: { toolComponent: { index: 1 } } }, 'error'],
    [
      'by a hierarchical id of three parts',
      { ruleId: 'CA1000/1/2', rule: { index: 2, toolComponent: { index: 1 } } },
      'error',
    ],
    ['of the driver by name', { rule: { index: 0, toolComponent: { name: 'Q' } } }, 'note'],
    [
      'with -1 for no index',
      { ruleId: 'D0', ruleIndex: -1, rule: { index: -1, toolComponent: { index: -1 } } },
      'note',
    ],
    ['and warning if it has none', { rule: { index: 0, toolComponent: { index: 1 } } }, 'warning'],
    ['and warning if the file does not describe it', { ruleId: 'unheard' }, 'warning'],
    [
      'by id where the index is of another rule',
      { ruleId: 'py/x', rule: { index: 0, toolComponent: { index: 1 } } },
      'error',
    ],
    [
      'by name where the index is of another extension',
      { rule: { index: 1, toolComponent: { index: 0, name: 'acme/python' } } },
      'error',
    ],
  ])('%s', async (_, result, expected) => {
    expect(await levelOf(result)).toEqual({ level: expected, setAside: [] });
  });

  it.each([
    ['an index behind the end', { ruleIndex: 7 }, 'ruleIndex'],
    ['an index of another rule', { ruleId: 'unheard', ruleIndex: 0 }, 'ruleIndex'],
    ['two indices', { ruleIndex: 0, rule: { index: 1 } }, 'rule'],
    ['an extension that is not there', { rule: { id: 'py/x', toolComponent: { index: 9 } } }, 'rule'],
    ['a guid that nobody has', { rule: { index: 0, toolComponent: { guid: RULE_GUID } } }, 'rule'],
    ['a name that nobody has', { rule: { id: 'D0', index: 0, toolComponent: { name: 'other' } } }, 'rule'],
  ])('and an error where %s leaves it open', async (_, result, place) => {
    expect(await levelOf(result)).toEqual({ level: 'error', setAside: [`runs[0].results[0].${place}`] });
  });

  it('and an error where the rules are in another file', async () => {
    const elsewhere = { externalPropertyFileReferences: { driver: { location: { uri: 'rules.sarif' } } } };
    expect((await levelOf({ ruleId: 'unheard' }, elsewhere)).level).toBe('error');
  });

  it('and its own level goes before that of a rule that cannot be found', async () => {
    expect((await levelOf({ ruleIndex: 7, level: 'note' })).level).toBe('note');
  });

  it('and the worst of several rules with its id', async () => {
    const rules = [{ id: 'x', ...level('note') }, { id: 'x', ...level('error') }, { id: 'x' }];
    expect((await levelOf({ ruleId: 'x' }, { tool: { driver: { name: 'Q', rules } } })).level).toBe('error');
  });
});

describe('an override of an invocation goes before the level of the rule', () => {
  const override = (descriptor: object, value: string): object => ({
    executionSuccessful: true,
    ruleConfigurationOverrides: [{ descriptor, configuration: { level: value } }],
  });
  const result = { ruleId: 'D0' };

  it.each([
    ['by index', { index: 0 }],
    ['by id', { id: 'D0' }],
    ['by index and component', { index: 0, toolComponent: { name: 'Q' } }],
  ])('%s', async (_, descriptor) => {
    expect((await levelOf(result, { invocations: [override(descriptor, 'error')] })).level).toBe('error');
  });

  it('of an extension by guid', async () => {
    const invocations = [override({ index: 1, toolComponent: { guid: GUID } }, 'warning')];
    expect((await levelOf({ ruleId: 'py/x' }, { invocations })).level).toBe('warning');
    expect((await levelOf({ ruleIndex: 1 }, { invocations })).level).toBe('note');
  });

  it('of the invocation that the result names, or else the worst of all', async () => {
    const invocations = [override({ index: 0 }, 'error'), override({ index: 0 }, 'warning'), {}];
    const of = async (provenance: object): Promise<string | undefined> =>
      (await levelOf({ ...result, provenance }, { invocations })).level;
    expect(await of({ invocationIndex: 1 })).toBe('warning');
    expect(await of({ invocationIndex: 2 })).toBe('note');
    expect(await of({})).toBe('error');
  });
});

describe('a level or a kind that SARIF does not have', () => {
  it.each([
    [{ level: 'Error' }, 'error'],
    [{ level: 'critical' }, 'error'],
    [{ level: 7 }, 'error'],
    [{ level: 'info' }, 'note'],
    [{ kind: 'failure', ruleId: 'py/x' }, 'error'],
  ])('%j counts as %s and is listed', async (result, expected) => {
    const { level: found, setAside } = await levelOf(result);
    expect([found, setAside.length]).toEqual([expected, 1]);
  });

  it.each([
    [{ level: null, kind: null, ruleId: 'py/x' }, 'error'],
    [{ kind: 'fail', ruleId: 'py/x' }, 'error'],
    [{ kind: 'pass', ruleId: 'py/x' }, 'none'],
    [{ kind: 'notApplicable', ruleId: 'py/x' }, 'none'],
  ])('is not seen in %j: %s', async (result, expected) => {
    expect(await levelOf(result)).toEqual({ level: expected, setAside: [] });
  });
});
