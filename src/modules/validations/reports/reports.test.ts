import { describe, expect, it } from '@jest/globals';
import { Fault } from '../../../platform/faults/fault.js';
import { readJunit } from './junit.read.js';
import type { Report } from './report.model.js';
import { readSarif } from './sarif.read.js';
import { inSteps } from './steps.js';

const sarif = (value: unknown): Promise<Report[]> =>
  inSteps(readSarif(typeof value === 'string' ? value : JSON.stringify(value)));
const junit = async (text: string): Promise<Report> => (await inSteps(readJunit(text)))[0]!;

async function refusal(work: Promise<unknown>): Promise<Fault> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw new Error(`was not refused: ${String(error)}`);
}

const tool = (more: object = {}): object => ({ driver: { name: 'lint', ...more } });
const log = (...runs: object[]): object => ({ version: '2.1.0', runs });

// Seen to fail: without the handler of `doctype`, every file with a DTD is read; without DEPTH_MAX the nested ones are.
describe('hostile XML', () => {
  const body = '<testsuite name="s"><testcase name="t"/></testsuite>';
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');

  it.each([
    ['an internal DTD', `<!DOCTYPE testsuite [<!ENTITY a "b">]>${body}`],
    ['a billion laughs', `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]><testsuite name="&l9;"/>`],
    ['an external entity', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite name="&e;"/>`],
    ['an external DTD', `<!DOCTYPE x SYSTEM "http://example.test/x.dtd">${body}`],
    ['a parameter entity', `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://example.test/"> %p;]>${body}`],
  ])('with %s is refused', async (_, text) => {
    const fault = await refusal(junit(`<?xml version="1.0"?>\n${text}`));
    expect([fault.code, fault.detail]).toEqual(['MALFORMED_BODY', expect.stringContaining('DTD')]);
  });

  it.each([
    ['an entity that nobody declared', '<testsuite name="&e;"/>', 'entity'],
    ['65 levels', '<testsuite>'.repeat(65) + '</testsuite>'.repeat(65), 'nested deeper'],
    ['101 attributes', `<testsuite ${Array.from({ length: 101 }, (_, n) => `a${n}=""`).join(' ')}/>`, 'attributes'],
    ['an attribute twice', '<testsuite name="a" name="b"/>', 'duplicate'],
    ['a tag left open', '<testsuite><testcase name="t">', 'unclosed'],
    ['two roots', `${body}${body}`, 'well-formed'],
    ['text alone', 'not xml at all', 'well-formed'],
    ['nothing', '  \n', 'empty'],
  ])('with %s is refused', async (_, text, why) => {
    const fault = await refusal(junit(text));
    expect([fault.status, fault.detail]).toEqual([400, expect.stringContaining(why)]);
  });

  it('takes the five entities of XML and character references for what they are', async () => {
    const text =
      '<testsuite name="s"><testcase name="a &amp; &lt;b&gt; &#x41;"><failure message="&quot;&apos;"/></testcase></testsuite>';
    expect((await junit(text)).findings).toMatchObject([{ rule: 'a & <b> A', message: `"'` }]);
  });
});

describe('a JUnit file', () => {
  it('must have suites at its root', async () => {
    expect((await refusal(junit('<html><body/></html>'))).errors).toMatchObject([{ path: 'html' }]);
  });

  it('keeps what failed, with its output, and counts the rest', async () => {
    const report = await junit(`<testsuites time="3.5">
      <testsuite name="outer" timestamp="2026-11-21T10:00:00" file="a.js"><properties><property name="p" value="1"/></properties>
        <testsuite name="inner">
          <testcase name="fails" classname="K" line="7" time="1.25"><failure type="T">at <![CDATA[<x> & y]]></failure><system-out>out</system-out></testcase>
          <testcase name="breaks"><error message="m1"/><failure message="m2"/></testcase>
        </testsuite>
        <testcase name="passes"/><testcase name="waits"><skipped message="later"/></testcase>
      </testsuite></testsuites>`);
    expect(report).toMatchObject({
      ...{ validationStatus: 'failed', validationScore: 33.33, executionTimeMs: 3_500 },
      ...{ startedAt: '2026-11-21T10:00:00.000Z', completedAt: '2026-11-21T10:00:03.500Z' },
      validationData: { tests: 4, failures: 1, errors: 1, skipped: 1, passed: 1 },
    });
    expect(report.validationData.suites).toMatchObject([
      { name: 'outer', tests: 2, skipped: 1, properties: { p: '1' } },
      { name: 'inner', tests: 2, failures: 1, errors: 1 },
    ]);
    expect(report.findings).toMatchObject([
      {
        ...{ rule: 'K › fails', file: 'a.js', startLine: 7, severity: 'error', message: 'at <x> & y' },
        details: { kind: 'failure', type: 'T', text: 'at <x> & y', systemOut: 'out', seconds: 1.25, suite: 'inner' },
      },
      { rule: 'breaks', message: 'm1' },
      { rule: 'breaks', message: 'm2' },
      { rule: 'waits', severity: 'note', message: 'later' },
    ]);
    expect((await junit('<testsuite><testcase name="t"><skipped/></testcase></testsuite>')).validationStatus).toBe(
      'skipped',
    );
    expect((await junit('<testsuite><testcase name="t"/></testsuite>')).validationStatus).toBe('passed');
  });
});

describe('a SARIF file', () => {
  it.each([
    ['text', 'not json', 'JSON object'],
    ['a list', '[]', 'JSON object'],
    ['half a file', '{"version":"2.1.0","runs":[{"results":[{"message"', 'not valid JSON'],
    ['more behind its end', '{"version":"2.1.0","runs":[]} {}', 'not valid JSON'],
    ['a broken member that nobody reads', '{"x":{"y":[1,]},"version":"2.1.0","runs":[]}', 'line 1, column 6'],
    ['65 levels', `{"x":${'['.repeat(65)}${']'.repeat(65)}}`, 'nested deeper'],
    ['a million levels', `{"x":${'['.repeat(1_000_000)}`, 'nested deeper'],
    ['nothing', '', 'empty'],
  ])('that is %s is refused', async (_, text, why) => {
    const fault = await refusal(sarif(text));
    expect([fault.code, fault.detail]).toEqual(['MALFORMED_BODY', expect.stringContaining(why)]);
  });

  it('is refused for its version, its runs, and a run that is none', async () => {
    const fault = await refusal(sarif({ version: '2.0.0', runs: [{ results: [] }, 1] }));
    expect(fault.errors.map(({ path }) => path).sort()).toEqual(['runs[1]', 'version']);
    expect((await refusal(sarif({}))).errors.map(({ path }) => path)).toEqual(['version', 'runs']);
    expect((await refusal(sarif(log()))).errors).toMatchObject([{ path: 'runs' }]);
  });

  it('takes levels, messages and rules from where the format says, also when they come behind the results', async () => {
    const rules = [
      { id: 'R1', defaultConfiguration: { level: 'note' }, messageStrings: { m: { text: 'no {0} in {1}: {{}}' } } },
      { id: 'R2' },
    ];
    const results = [
      { ruleIndex: 0, message: { id: 'm', arguments: ['a', 'b'] } },
      { ruleId: 'R2/sub', message: { text: 'plain' } },
      { ruleId: 'R2', message: { text: 'own' }, level: 'error' },
      { ruleId: 'R2', message: { text: 'fine' }, kind: 'pass' },
      { rule: { id: 'X', index: 0, toolComponent: { index: 0 } }, message: { text: 'extension' } },
      { message: { markdown: '*m*' }, suppressions: [{ kind: 'inSource' }] },
      { message: { text: 'asked' }, suppressions: [{ kind: 'external', status: 'underReview' }] },
      { message: { text: 'gone' }, baselineState: 'absent', level: 'error' },
    ];
    const extensions = [{ name: 'ext', rules: [{ id: 'X', defaultConfiguration: { level: 'error' } }] }];
    const [report] = await sarif(log({ results, tool: { driver: { name: 'lint', rules }, extensions } }));
    expect(report?.findings.map(({ rule, severity, message }) => [rule, severity, message])).toEqual([
      ['R1', 'note', 'no a in b: {}'],
      ['R2/sub', 'warning', 'plain'],
      ['R2', 'error', 'own'],
      ['R2', 'none', 'fine'],
      ['X', 'error', 'extension'],
      [null, 'warning', '*m*'],
      [null, 'warning', 'asked'],
      [null, 'error', 'gone'],
    ]);
    expect(report?.findings.map(({ suppressed, absent }) => `${suppressed} ${absent}`).slice(5)).toEqual([
      'true false',
      'false false',
      'false true',
    ]);
    expect(report?.validationStatus).toBe('failed');
  });

  it('takes places, fingerprints, times and revision from where the format says', async () => {
    const results = [
      {
        message: { text: 'm' },
        partialFingerprints: { primaryLocationLineHash: 'abc:1' },
        relatedLocations: [{ message: { text: 'there' } }],
        locations: [{ physicalLocation: { artifactLocation: { index: 0 }, region: { startLine: 3, endColumn: 9 } } }],
      },
      {
        message: { text: 'n' },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///w/src/a%20b.ts' } } }],
      },
    ];
    const [report] = await sarif(
      log({
        ...{ tool: tool(), results, artifacts: [{ location: { uri: 'lib/c.ts' } }] },
        originalUriBaseIds: { ROOT: { uri: 'file:///w/' } },
        automationDetails: { id: 'nightly/js/17', guid: 'g-1' },
        versionControlProvenance: [{ revisionId: 'ABCDEF0123', branch: 'main' }],
        invocations: [
          { executionSuccessful: true, startTimeUtc: '2026-11-21T10:00:00Z', endTimeUtc: '2026-11-21T10:00:05.5Z' },
        ],
      }),
    );
    expect(report).toMatchObject({
      ...{
        toolName: 'lint nightly/js',
        guid: 'g-1',
        commitSha: 'abcdef0123',
        branch: 'main',
        validationStatus: 'warning',
      },
      ...{ startedAt: '2026-11-21T10:00:00.000Z', completedAt: '2026-11-21T10:00:05.500Z' },
      findings: [
        {
          ...{
            file: 'lib/c.ts',
            startLine: 3,
            endColumn: 9,
            partialFingerprints: { primaryLocationLineHash: 'abc:1' },
          },
          details: { relatedLocations: [{ message: { text: 'there' } }] },
        },
        { file: 'src/a b.ts' },
      ],
    });
    const failed = await sarif(
      log({ tool: tool(), invocations: [{ executionSuccessful: false, exitCodeDescription: 'out of memory' }] }),
    );
    expect(failed).toMatchObject([{ validationStatus: 'error', errorMessage: 'out of memory' }]);
  });

  it('keeps no character that cannot be stored, and no more than can be', async () => {
    const wild = 'a\0b\ud800c';
    const long = 'x'.repeat(200_000);
    const results = [
      { message: { text: wild }, ruleId: wild, properties: { wild } },
      { message: { text: long }, codeFlows: [{ long }], guid: 'kept' },
    ];
    const [report] = await sarif(log({ tool: tool(), results }));
    expect(report?.findings[0]).toMatchObject({
      message: 'a�b�c',
      rule: 'a�b�c',
      details: { properties: { wild: 'a�b�c' } },
    });
    expect(report?.findings[1]?.message).toHaveLength(10_000);
    expect(report?.findings[1]?.details).toEqual({ guid: 'kept', truncated: true });
  });
});
