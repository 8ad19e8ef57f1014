const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const keys = (count: number): string => Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',');
const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([...part]))));

/** Bodies that every route must refuse before it reads a field. */
export const hostileBodies: readonly (readonly [name: string, body: string | Buffer])[] = [
  ['nothing', ''],
  ['white space', ' \n\t '],
  ['half a document', '{"title":"x"'],
  ['two documents', '{"title":"x"}{"title":"y"}'],
  ['a comma too many', '{"title":"x",}'],
  ['a comment', '{"title":"x"/* , */}'],
  ['single quotes', "{'title':'x'}"],
  ['no JSON number', '{"priority":NaN}'],
  ['a control character in a text', '{"title":"a\u0001b"}'],
  ['NUL, escaped', '{"title":"a\\u0000b"}'],
  ['NUL, as it is', '{"title":"a\u0000b"}'],
  ['NUL in a key', '{"a\\u0000b":1}'],
  ['NUL deep in a list', '{"metadata":{"a":[{"b":"\\u0000"}]}}'],
  ['the first half of a surrogate pair', '{"title":"\\ud83d"}'],
  ['the second half of a surrogate pair', '{"title":"\\ude00"}'],
  ['a surrogate pair in the wrong order', '{"title":"\\ude00\\ud83d"}'],
  ['half a surrogate pair in a key', '{"\\ud800":1}'],
  ['__proto__', '{"__proto__":{"isAdmin":true}}'],
  ['__proto__, escaped', '{"\\u005f_proto__":{"isAdmin":true}}'],
  ['__proto__ deep within', '{"metadata":{"a":[{"__proto__":1}]}}'],
  ['a key twice', '{"title":"a","title":"b"}'],
  ['a key twice, once escaped', '{"title":"a","t\\u0069tle":"b"}'],
  ['a key twice deep within', '{"metadata":{"a":{"b":1,"b":2}}}'],
  ['2^53 + 1', '{"metadata":{"n":9007199254740993}}'],
  ['-(2^53 + 1)', '{"metadata":{"n":-9007199254740993}}'],
  ['2^53 + 1 with an exponent', '{"metadata":{"n":9007199254740993e0}}'],
  ['a number beyond a double', '{"metadata":{"n":1e400}}'],
  ['depth 33', nested(33)],
  ['depth 1,000', nested(1_000)],
  ['depth 1,000 of lists', `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
  ['depth 100,000', nested(100_000)],
  ['1,001 keys', `{${keys(1_001)}}`],
  ['a byte that is not UTF-8', bytes('{"title":"', [0xff], '"}')],
  ['Latin-1', Buffer.from('{"title":"é"}', 'latin1')],
  ['an overlong slash', bytes('{"title":"', [0xc0, 0xaf], '"}')],
  ['a surrogate in UTF-8', bytes('{"title":"', [0xed, 0xa0, 0x80], '"}')],
  ['a character cut in two', bytes('{"title":"', [0xe2, 0x82], '"}')],
  ['UTF-16', Buffer.from('{"title":"x"}', 'utf16le')],
];

/** Well-formed JSON that is not the object every route expects. */
export const unfitBodies: readonly (readonly [name: string, body: string])[] = [
  ['null', 'null'],
  ['a list', '[]'],
  ['a list of what would fit', '[{"title":"x"}]'],
  ['a text', '"title"'],
  ['a number', '1'],
  ['true', 'true'],
  ['constructor.prototype', '{"title":"x","constructor":{"prototype":{"isAdmin":true}}}'],
  ['toString', '{"title":"x","toString":"x"}'],
  ['fields that only the service writes', '{"title":"x","id":"01890000-0000-7000-8000-000000000000","version":7}'],
  ['a field of nobody', '{"title":"x","isAdmin":true}'],
  ['SQL operators in place of a text', '{"title":{"$ne":null}}'],
];
