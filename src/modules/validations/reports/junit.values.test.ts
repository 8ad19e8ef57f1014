import { describe, expect, it } from '@jest/globals';
import { readJunit } from './junit.read.js';
import { Problems } from './problems.js';
import type { Report } from './report.model.js';
import { inSteps } from './steps.js';

async function read(text: string): Promise<{ report: Report; setAside: string[] }> {
  const problems = new Problems();
  const [report] = await inSteps(readJunit(text, problems));
  return { report: report!, setAside: problems.list.map(({ path }) => path) };
}

describe('an odd value in a JUnit file', () => {
  it('is set aside, and the rest is kept', async () => {
    const { report, setAside } = await read(`<?xml version="1.0" encoding="utf8"?>
      <testsuite time="x" timestamp="20261" tests="many">
        <testcase time="-1"/><testcase name="t" time="1,234"/><testcase name="u" time="2.5"><failure>\u001b[31mred&#27;</failure></testcase>
      </testsuite>`);
    expect(setAside).toEqual([
      ...['testsuite.time', 'testsuite.tests', 'testsuite.timestamp', 'testsuite.testcase[0].name'],
      ...['testsuite.testcase[0].time', 'testsuite.testcase[1].time', 'line 3, column 102', 'line 3, column 114'],
    ]);
    expect(report.validationData.setAside).toHaveLength(8);
    expect(report).toMatchObject({
      ...{ validationStatus: 'failed', executionTimeMs: null, startedAt: null, completedAt: null },
      validationData: { tests: 3, passed: 2, failures: 1 },
      findings: [{ message: '\u001b[31mred&#27;', details: { seconds: 2.5 } }],
    });
  });

  it('is listed a hundred times at most, and counted', async () => {
    const { setAside } = await read(`<testsuite>${'<testcase name="a" time="x"/>'.repeat(150)}</testsuite>`);
    expect(setAside).toHaveLength(101);
  });

  it.each([
    [
      'comma of decimals',
      '<testsuite time="0,340"><testcase name="a" time="0,160"/><testcase name="b" time="0,180"/></testsuite>',
      340,
    ],
    [
      'suite without a time',
      '<testsuite><testcase name="a" time="0,160"/><testcase name="b" time="0,180"/></testsuite>',
      340,
    ],
    ['time that is more than can be stored', '<testsuite time="9999999999"><testcase name="a"/></testsuite>', null],
    [
      'time of a test that is not known',
      '<testsuite><testcase name="a" time="1,234"/><testcase name="b" time="1"/></testsuite>',
      null,
    ],
  ])('%s: %#', async (_, text, milliseconds) => {
    expect((await read(text)).report.executionTimeMs).toBe(milliseconds);
  });

  it('leaves out an end that cannot be stored', async () => {
    const text = '<testsuite timestamp="9999-12-31T23:59:59Z" time="5"><testcase name="a"/></testsuite>';
    expect((await read(text)).report).toMatchObject({ startedAt: '9999-12-31T23:59:59.000Z', completedAt: null });
  });
});
