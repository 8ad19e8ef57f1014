/** What REST names where GraphQL names only the document. */
interface Difference {
  readonly reason: string;
  readonly REST: readonly string[];
}

/** The schema's types refuse it before a resolver runs, and graphql-js names a place in the document, not an argument. */
export const OF_SCHEMA = ['INVALID_DOCUMENT document'];

const REQUIRED = 'the schema requires the field';
const UNKNOWN = 'the schema has no such name';
const TYPED = 'the schema gives the value another type';

/** By the name of the case. The problems of every other case are the same on both surfaces. */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'a task without a title': { reason: REQUIRED, REST: ['REQUIRED title'] },
  'an error without a message': { reason: REQUIRED, REST: ['REQUIRED errorMessage'] },
  'a field that there is not': { reason: UNKNOWN, REST: ['UNKNOWN_FIELD colour'] },
  'a field of the service': { reason: UNKNOWN, REST: ['UNKNOWN_FIELD version'] },
  'a filter that there is not': { reason: UNKNOWN, REST: ['UNKNOWN_PARAMETER params.colour'] },
  'a number where a text belongs': { reason: TYPED, REST: ['IS_STRING title'] },
  'a filter value that is none': { reason: TYPED, REST: ['INVALID_PARAMETER list.createdAfter'] },
};
