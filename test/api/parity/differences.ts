/** What REST names, and the variable that GraphQL names: the schema's types refuse it before a resolver runs. */
interface Difference {
  readonly reason: string;
  readonly REST: readonly string[];
  readonly GraphQL: string;
}

export const OF_SCHEMA = 'INVALID_DOCUMENT';

const REQUIRED = 'the schema requires the field';
const UNKNOWN = 'the schema has no such name';
const TYPED = 'the schema gives the value another type';

/** By the name of the case. The problems of every other case are the same on both surfaces. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'a task without a title': { reason: REQUIRED, REST: ['REQUIRED title'], GraphQL: 'input' },
  'an error without a message': { reason: REQUIRED, REST: ['REQUIRED errorMessage'], GraphQL: 'input' },
  'a field that there is not': { reason: UNKNOWN, REST: ['UNKNOWN_FIELD colour'], GraphQL: 'input' },
  'a field of the service': { reason: UNKNOWN, REST: ['UNKNOWN_FIELD version'], GraphQL: 'input' },
  'a filter that there is not': { reason: UNKNOWN, REST: ['UNKNOWN_PARAMETER params.colour'], GraphQL: 'list' },
  'a number where a text belongs': { reason: TYPED, REST: ['IS_STRING title'], GraphQL: 'input.title' },
  'a filter value that is none': {
    reason: TYPED,
    REST: ['INVALID_PARAMETER list.createdAfter'],
    GraphQL: 'list.createdAfter',
  },
};
