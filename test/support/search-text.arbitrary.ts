import fc from 'fast-check';

/** What the grammar of a search gives a meaning to, what folds, and what belongs to no script. PostgreSQL has no NUL in texts. */
const pieces = [
  ...[
    '-',
    '--',
    '"',
    '*',
    ':*',
    ' or ',
    ' OR ',
    '&',
    '|',
    '!',
    '(',
    ')',
    '<->',
    '<2>',
    ':',
    '\\',
    "'",
    "''",
    '%',
    '\u0001',
  ],
  ...[
    ' ',
    '\t',
    '\n',
    '\u00a0',
    '\u3000',
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u0300',
    '\ufffd',
    '\ud800',
  ],
  ...['word', 'getUserById', 'HTTPServer', 'a.b/c-d_e', '1.5e3', '-7', 'ß', 'é', 'e\u0301', 'İ', 'ﬁ', 'ﷺ', '🚀', '👩‍👩‍👧'],
  ...['登录', '第3章', 'データ', 'ﾃﾞｰﾀ', '로그인', 'หน้า', 'ແກ້', 'កំហុស', 'ပြင်', 'می‌شود', 'الخطأ', 'הַכ', 'हिन्दी', 'ё'],
];

/** Any text that somebody could search for, up to some hundred characters. */
export const searchText = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...pieces), maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.string({ unit: 'binary-ascii', maxLength: 100 }),
    fc.tuple(fc.constantFrom(...pieces), fc.nat(200)).map(([piece, times]) => piece.repeat(times)),
  )
  .map((text) => text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\ufffd'));
