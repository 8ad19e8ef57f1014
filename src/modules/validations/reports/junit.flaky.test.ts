import { describe, expect, it } from '@jest/globals';
import { readJunit } from './junit.read.js';
import type { Report } from './report.model.js';
import { inSteps } from './steps.js';

async function read(text: string): Promise<{ report: Report }> {
  const [report] = await inSteps(readJunit(text));
  return { report: report! };
}

// Seen to fail: with 'flaky' taken out of outcomeOfElement, they pass without a word.
describe('a test that passed only when it ran again', () => {
  it.each([
    [
      'Surefire',
      '<flakyFailure message="m" type="T"><stackTrace>at x</stackTrace><system-out>o</system-out></flakyFailure>',
    ],
    ['cargo-nextest', '<flakyError type="t">at x</flakyError>'],
    ['a plugin of pytest', '<rerun message="m">at x</rerun>'],
  ])('is kept as flaky: %s', async (_, inner) => {
    const text = `<testsuite tests="1" failures="0" errors="0" flakes="1"><testcase name="a">${inner}</testcase></testsuite>`;
    const { report } = await read(text);
    expect(report).toMatchObject({
      ...{ validationStatus: 'warning', validationScore: 100, validationData: { passed: 1, flaky: 1, failures: 0 } },
      findings: [{ rule: 'a', severity: 'warning', details: { kind: 'flaky', text: 'at x' } }],
    });
  });

  it('has failed if it never passed', async () => {
    const text = '<testsuite failures="1"><testcase name="a"><failure/><rerunFailure/></testcase></testsuite>';
    expect((await read(text)).report).toMatchObject({
      validationStatus: 'failed',
      validationData: { failures: 1, flaky: 0 },
      findings: [{ severity: 'error' }, { severity: 'warning' }],
    });
  });

  const attempts = (counts: string): string =>
    `<testsuite ${counts}><testcase name="a"><failure/></testcase><testcase name="a"/></testsuite>`;

  it('is flaky if each attempt is listed and the suite counts one test that passed', async () => {
    expect((await read(attempts('tests="1" failures="0"'))).report).toMatchObject({
      validationStatus: 'warning',
      validationData: { tests: 1, passed: 1, failures: 0, flaky: 1 },
      findings: [{ severity: 'warning', details: { kind: 'flaky' } }],
    });
  });

  it.each(['', 'tests="2" failures="1"', 'failures="0"', 'tests="2" failures="0"'])(
    'is not distinguished from another test of its name by %j',
    async (counts) => {
      expect((await read(attempts(counts))).report.validationStatus).toBe('failed');
    },
  );
});
