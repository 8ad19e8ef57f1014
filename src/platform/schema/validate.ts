import type { ValidationError } from 'class-validator';
import { validateSync } from 'class-validator';
import type { FieldProblem } from '../faults/fault.js';
import { invalid } from '../faults/fault.js';
import type { Shape } from './field.js';
import { fieldsOf } from './field.js';
import { propertiesOf, readOnlyOutside, shapeIn } from './property.js';
import { malformedPart, unstorable } from './storable.js';
import { canonicalTimestamp } from './timestamp.js';

const screaming = (rule: string): string => rule.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** Constraints that must hold before length, range or format can be checked. */
const TYPE_RULES = ['isArray', 'isObject', 'isString', 'isInt', 'isNumber', 'isBoolean'];

/** Reports one problem per mistake: a missing title is not also reported as too short. */
function ownProblems({ property, value, constraints = {} }: ValidationError, path: string): FieldProblem[] {
  const rules = Object.keys(constraints);
  if (rules.includes('whitelistValidation')) {
    return [{ path, message: `${property} is not a known field`, code: 'UNKNOWN_FIELD' }];
  }
  if (rules.length > 0 && value === undefined) {
    return [{ path, message: `${property} is required`, code: 'REQUIRED' }];
  }
  const wrongType = TYPE_RULES.find((rule) => rules.includes(rule));
  return (wrongType ? [wrongType] : rules).map((rule) => ({
    path,
    message: constraints[rule] ?? rule,
    code: screaming(rule),
  }));
}

function problemsOf(errors: readonly ValidationError[], prefix: string): FieldProblem[] {
  return errors.flatMap((error) => {
    const path = prefix === '' ? error.property : `${prefix}.${error.property}`;
    return [...ownProblems(error, path), ...problemsOf(error.children ?? [], path)];
  });
}

function inPrefix(name: string, prefix: string): string {
  if (name === '') return prefix;
  return prefix === '' ? name : `${prefix}.${name}`;
}

/** Whether a member has the name of an inherited one, which class-validator would read instead. */
function unknownField(name: string, prefix: string): FieldProblem {
  return { path: inPrefix(name, prefix), message: `${name} is not a known field`, code: 'UNKNOWN_FIELD' };
}

function without(value: object, names: readonly string[]): object {
  if (names.length === 0) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** Lists of shapes are left out: each of their items is validated, and refused, by itself. */
function firstUnstorable(shape: Shape, value: object): FieldProblem | null {
  const properties = propertiesOf(shape);
  for (const [name, inner] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    const property = properties.get(name);
    const found = property && shapeIn(property)?.many ? null : unstorable({ [name]: inner }, []);
    if (found) return found;
  }
  return null;
}

/** A field that answers have is known to the client, so the refusal says why it is refused. */
function explained(problem: FieldProblem, shape: Shape, prefix: string): FieldProblem {
  if (problem.code !== 'UNKNOWN_FIELD') return problem;
  const name = readOnlyOutside(shape).find((one) => problem.path === inPrefix(one, prefix));
  return name === undefined ? problem : { ...problem, message: `${name} is read-only` };
}

/** Every problem of a value of this shape; empty when it is valid. */
export function problemsWith<T extends object>(shape: new () => T, value: unknown, prefix = ''): FieldProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ path: prefix || 'body', message: 'must be a JSON object', code: 'IS_OBJECT' }];
  }
  const malformed = malformedPart(value) ?? firstUnstorable(shape, value);
  if (malformed) return [{ ...malformed, path: inPrefix(malformed.path, prefix) }];
  const inherited = Object.keys(value).filter((name) => name in Object.prototype);
  const instance = Object.assign(new shape(), without(value, inherited));
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: true },
  });
  const problems = [...inherited.map((name) => unknownField(name, prefix)), ...problemsOf(errors, prefix)];
  return problems.map((problem) => explained(problem, shape, prefix));
}

/** A valid value of this shape with its instants in one form, because PostgreSQL reads fewer forms than we accept. */
export function canonical<T extends object>(shape: Shape, value: T): T {
  const instants = fieldsOf(shape).flatMap(({ kind, name }) => {
    const given = kind === 'timestamp' ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
    return typeof given === 'string' ? [[name, canonicalTimestamp(given) ?? given] as const] : [];
  });
  return instants.length === 0 ? value : { ...value, ...Object.fromEntries(instants) };
}

/**
 * Validates a value of this shape.
 * @throws Fault VALIDATION_FAILED with every problem
 */
export function validated<T extends object>(shape: new () => T, value: unknown): T {
  const given = value ?? {};
  const problems = problemsWith(shape, given);
  if (problems.length > 0) throw invalid(problems);
  return canonical(shape, given as T);
}
