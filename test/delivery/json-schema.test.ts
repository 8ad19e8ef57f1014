import type { Type } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { features } from '../../src/features.js';
import { manifestOf } from '../../src/platform/feature/feature.js';
import type { Operation } from '../../src/platform/operations/operation.js';
import { bodyOf, operationsOf, shapeOf } from '../../src/platform/operations/operation.js';
import { jsonSchema } from '../../src/platform/schema/json-schema.js';
import { problemsWith } from '../../src/platform/schema/validate.js';
import { NewTask, TaskPatch } from '../../src/modules/tasks/task-input.dto.js';
import { ClaimRequest } from '../../src/modules/tasks/task-lease.dto.js';

const operations: readonly Operation[] = features.flatMap((feature) =>
  (manifestOf(feature).operations ?? []).flatMap(operationsOf),
);

const unique = (shapes: readonly (Type | undefined)[]): [string, Type][] =>
  [...new Set(shapes)].flatMap((shape) => (shape ? [[shape.name, shape]] : []));

const inputs = unique(operations.flatMap((one) => [bodyOf(one) as Type | undefined, one.params as Type | undefined]));
const outputs = unique(operations.map(shapeOf));

function validatorOf(shape: Type, direction: 'input' | 'output'): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const validate = ajv.compile(jsonSchema(shape, direction));
  return (value) => validate(value);
}

describe('the JSON Schema of a shape', () => {
  it.each(inputs)('of %s as an input is valid, self-contained and refuses unknown members', (_name, shape) => {
    expect(validatorOf(shape, 'input')({ noSuchMember: 1 })).toBe(false);
  });

  it.each(outputs)('of %s as an output is valid and self-contained', (_name, shape) => {
    expect(() => validatorOf(shape, 'output')).not.toThrow();
  });

  // The schema accepts and refuses what the service accepts and refuses.
  const samples: readonly (readonly [string, new () => object, unknown])[] = [
    ['a title alone', NewTask, { title: 'Try' }],
    ['no title', NewTask, {}],
    ['a blank title', NewTask, { title: ' ' }],
    ['a title that is too long', NewTask, { title: 'x'.repeat(501) }],
    ['a number for a title', NewTask, { title: 1 }],
    ['a named priority', NewTask, { title: 'Try', priority: 'high' }],
    ['a priority that does not exist', NewTask, { title: 'Try', priority: 11 }],
    ['null where it resets', TaskPatch, { dueDate: null, description: null }],
    ['null where there is always a value', TaskPatch, { title: null }],
    ['a status of another tool', TaskPatch, { status: 'done' }],
    ['an unknown status', TaskPatch, { status: 'foo' }],
    ['a moment', TaskPatch, { dueDate: '2026-03-01T10:00:00Z' }],
    ['no moment', TaskPatch, { dueDate: 'tomorrow' }],
    ['labels', TaskPatch, { tags: ['a', 'b'] }],
    ['a label that is no text', TaskPatch, { tags: [1] }],
    ['too many labels', TaskPatch, { tags: Array.from({ length: 101 }, () => 'x') }],
    ['metadata', TaskPatch, { metadata: { any: { thing: [1] } } }],
    ['a list for metadata', TaskPatch, { metadata: [] }],
    ['a read-only field', TaskPatch, { version: 2 }],
    ['a lease of a second', ClaimRequest, { leaseSeconds: 1 }],
    ['a lease of half a second', ClaimRequest, { leaseSeconds: 0.5 }],
    ['a team that is no UUID', ClaimRequest, { teamId: 'x' }],
    ['nobody', ClaimRequest, { assigneeId: null }],
  ];

  it.each(samples)('agrees with the service on %s', (_name, shape, value) => {
    const isTaken = problemsWith(shape, value).length === 0;
    expect(validatorOf(shape as Type, 'input')(value)).toBe(isTaken);
  });
});
