import { describe, expect, it } from '@jest/globals';
import { fingerprinted } from '../finding.rules.js';
import { Problems } from './problems.js';
import type { Report } from './report.model.js';
import { readSarif } from './sarif.read.js';
import { inSteps } from './steps.js';

const tool = { driver: { name: 'scan', notifications: [{ id: 'N1', defaultConfiguration: { level: 'error' } }] } };
const failure = { message: { text: 'm' }, level: 'error' };
const sarif = (run: object, more: object = {}): Promise<Report[]> =>
  inSteps(readSarif(JSON.stringify({ version: '2.1.0', runs: [{ tool, ...run }], ...more })));
const statusOf = async (run: object, more?: object): Promise<string | undefined> =>
  (await sarif(run, more))[0]?.validationStatus;
const invoked = (invocation: object, results: object[] = []): object => ({ results, invocations: [invocation] });
const note = (more: object): object => ({ message: { text: 'not parsed' }, ...more });

// Seen to fail: with gapOf answering null, the runs without results pass; with reasonOf answering null, those that broke do.
describe('a run that did not get to its end has not passed', () => {
  it.each([
    ['without results', {}],
    ['with null for results', { results: null }],
    ['with an object for results', { results: {} }],
    ['whose results are in another file', { results: [], externalPropertyFileReferences: { results: [{}] } }],
    ['that was not successful', invoked({ executionSuccessful: false })],
    ['that was not successful in a text', invoked({ executionSuccessful: 'false' })],
    ['that could not be started', invoked({ executionSuccessful: true, processStartFailureMessage: 'no such file' })],
    ['that a signal ended', invoked({ exitSignalName: 'SIGKILL' })],
    ['that a signal ended, by its number', invoked({ executionSuccessful: true, exitSignalNumber: 9 })],
    ['with an exit code and no findings', invoked({ exitCode: 2 })],
    ['with an exit code, no findings, and success', invoked({ executionSuccessful: true, exitCode: 1 })],
    ['that was killed after some findings', invoked({ exitCode: 137 }, [{ message: { text: 'm' }, level: 'note' }])],
    [
      'with an error of execution',
      invoked({ executionSuccessful: true, toolExecutionNotifications: [note({ level: 'error' })] }),
    ],
    [
      'with an error of configuration',
      invoked({ executionSuccessful: true, toolConfigurationNotifications: [note({ level: 'error' })] }),
    ],
    [
      'with an error by the kind of notification',
      invoked({ toolExecutionNotifications: [note({ descriptor: { id: 'N1' } })] }),
    ],
    [
      'with an error by an override',
      invoked({
        toolExecutionNotifications: [note({ descriptor: { id: 'N2' } })],
        notificationConfigurationOverrides: [{ descriptor: { id: 'N2' }, configuration: { level: 'error' } }],
      }),
    ],
    [
      'whose second invocation broke',
      { results: [], invocations: [{ executionSuccessful: true }, { executionSuccessful: false }] },
    ],
    ['whose converter broke', { results: [], conversion: { tool, invocation: { executionSuccessful: false } } }],
    ['with a result that cannot be read', { results: [7] }],
  ])('%s', async (_, run) => {
    const [report] = await sarif(run);
    expect(report?.validationStatus).toBe('error');
    expect(report?.errorMessage).toEqual(expect.stringMatching(/\w/));
  });

  it('also when its results are elsewhere in the file, or listed a second time', async () => {
    expect(await statusOf({ results: [] }, { inlineExternalProperties: [{ results: [failure] }] })).toBe('error');
    const twice = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"s"}},"results":[],"results":null}]}`;
    expect((await inSteps(readSarif(twice)))[0]?.validationStatus).toBe('error');
  });

  it('and one that did is judged by what it found', async () => {
    expect(await statusOf({ results: [] })).toBe('passed');
    expect(await statusOf(invoked({ executionSuccessful: true, exitCode: 0 }))).toBe('passed');
    expect(await statusOf(invoked({ executionSuccessful: true, exitCode: 1 }, [failure]))).toBe('failed');
    expect(await statusOf(invoked({ toolExecutionNotifications: [note({}), note({ level: 'warning' })] }))).toBe(
      'passed',
    );
    expect(await statusOf({ results: [{ kind: 'review', message: { text: 'm' } }] })).toBe('warning');
    expect(await statusOf({ results: [{ ...failure, suppressions: [{ kind: 'inSource' }] }] })).toBe('passed');
    for (const suppressions of [[{}], [null], [{ kind: 'inSource', status: 'rejected' }], ['inSource'], {}]) {
      expect(await statusOf({ results: [{ ...failure, suppressions }] })).toBe('failed');
    }
  });
});

describe('an odd value in a SARIF file', () => {
  it('is set aside with its place, and the rest is kept', async () => {
    const problems = new Problems();
    const region = { startLine: -1, endLine: 4, startColumn: 1.5 };
    const results = [
      { kind: 'pass', ruleId: 'R' },
      { ...failure, ruleId: 'R', locations: [{ physicalLocation: { artifactLocation: { uri: 'a.c' }, region } }] },
      { ...failure, partialFingerprints: { hash: { value: 1 } } },
      { message: 'a plain text', level: 'note', locations: null, suppressions: null },
    ];
    const run = {
      results,
      invocations: [{ executionSuccessful: true, startTimeUtc: '20261', endTimeUtc: '2026-11-21T10:00:00' }],
    };
    const text = JSON.stringify({ version: '2.1.0', runs: [run] }).replace('plain', '\u001b[31mplain');
    const [report] = await inSteps(readSarif(text, problems));
    expect(problems.list.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^character \d+$/),
      'runs[0].results[2].partialFingerprints.hash',
      'runs[0].results[0].message',
      'runs[0].results[1].locations[0].physicalLocation.region.startLine',
      'runs[0].results[1].locations[0].physicalLocation.region.startColumn',
      'runs[0].tool.driver.name',
      'runs[0].invocations[0].startTimeUtc',
    ]);
    expect(report).toMatchObject({
      ...{
        validationStatus: 'failed',
        toolName: 'unnamed tool',
        startedAt: null,
        completedAt: '2026-11-21T10:00:00.000Z',
      },
      findings: [
        { rule: 'R', severity: 'none', message: 'R' },
        { rule: 'R', severity: 'error', file: 'a.c', endLine: 4 },
        { severity: 'error' },
        { severity: 'note', message: 'a \u001b[31mplain text' },
      ],
    });
    expect(report?.validationData.setAside).toHaveLength(6);
  });
});

describe('a fingerprint', () => {
  const at = (message: string, more: object = {}): object => ({ ruleId: 'eval', message: { text: message }, ...more });
  const idsOf = async (results: object[]): Promise<string[]> => {
    const [report] = await sarif({ results });
    return fingerprinted(report?.findings ?? []).map(({ fingerprint }) => fingerprint);
  };
  const constant = (value: unknown): object => ({ fingerprints: { 'matchBasedId/v1': value } });

  it.each([
    ['a placeholder', (_: string) => constant('requires login')],
    ['a constant', (_: string) => constant('c0ffee')],
    ['empty', (_: string) => constant('')],
    ['null', (_: string) => constant(null)],
    ['an object', (_: string) => constant({ v: 1 })],
    [
      'a snippet',
      (_: string) => ({ locations: [{ physicalLocation: { region: { snippet: { text: 'requires login' } } } }] }),
    ],
  ])('that is %s on every result identifies nothing', async (_, more) => {
    const [a1, b1] = await idsOf([at('of a', more('a')), at('of b', more('b'))]);
    const [b2, c2] = await idsOf([at('of b', more('b')), at('of c', more('c'))]);
    expect(b2).toBe(b1);
    expect(new Set([a1, b1, c2]).size).toBe(3);
  });

  it('that is a placeholder identifies nothing in a run of one result either', async () => {
    const [a] = await idsOf([at('of a', constant('requires login'))]);
    const [b] = await idsOf([at('of b', constant('requires login'))]);
    expect(a).not.toBe(b);
  });

  it('of its own follows a result whose message changed', async () => {
    const own = { partialFingerprints: { primaryLocationLineHash: 'abc:1' } };
    expect(await idsOf([at('before', own), at('x')])).toContain((await idsOf([at('after', own), at('y')]))[0]);
  });

  it('is the partial one where the full one is shared', async () => {
    const both = (partial: string): object => ({ ...constant('c0ffee'), partialFingerprints: { p: partial } });
    const before = await idsOf([at('1 a', both('p1')), at('b', both('p2'))]);
    const after = await idsOf([at('quite another', both('p2')), at('c', both('p3'))]);
    expect(after[0]).toBe(before[1]);
  });
});
