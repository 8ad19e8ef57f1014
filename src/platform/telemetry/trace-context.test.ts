import { describe, expect, it } from '@jest/globals';
import { continued, readTraceparent, traceparentOf } from './trace-context.js';

const [TRACE, SPAN] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

describe('traceparent', () => {
  it('is read and written as W3C Trace Context has it', () => {
    const context = { traceId: TRACE, spanId: SPAN, isSampled: true };
    expect(readTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual(context);
    expect(readTraceparent(`00-${TRACE}-${SPAN}-00`)).toEqual({ ...context, isSampled: false });
    expect(readTraceparent(`00-${TRACE}-${SPAN}-03`)).toEqual(context);
    expect(readTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`)).toEqual(context);
    expect(traceparentOf(context)).toBe(`00-${TRACE}-${SPAN}-01`);
  });

  it('is continued with a span of our own', () => {
    const next = continued({ traceId: TRACE, spanId: SPAN, isSampled: true });
    expect(next).toEqual({ traceId: TRACE, spanId: expect.stringMatching(/^[\da-f]{16}$/), isSampled: true });
    expect(next.spanId).not.toBe(SPAN);
  });

  it.each([
    ['none', undefined],
    ['several', [`00-${TRACE}-${SPAN}-01`]],
    ['an empty one', ''],
    ['a forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a short trace', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a fifth field in version 00', `00-${TRACE}-${SPAN}-01-x`],
    ['something behind it', `00-${TRACE}-${SPAN}-01x`],
    ['a line break', `00-${TRACE}-${SPAN}-01\n`],
    ['other characters', `00-${'g'.repeat(32)}-${SPAN}-01`],
  ])('starts a new trace when it is not valid: %s', (_what, header) => {
    expect(readTraceparent(header)).toBeNull();
  });
});
