import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf, normalizeFile, normalizeMessage, normalizeStack } from './error-fingerprint.rules.js';

const of = (input: Partial<Parameters<typeof fingerprintOf>[0]>): string =>
  fingerprintOf({ errorCode: 'E', errorMessage: 'm', ...input }).fingerprint;

const stacks: Record<string, readonly [first: string, later: string, frames: readonly string[]]> = {
  'JavaScript of V8': [
    `TypeError: x of 7 is not a function
    at Loader.load [as run] (/srv/releases/20261101/app/src/loader.js:10:3)
    at async Promise.all (index 0)
    at /srv/releases/20261101/app/node_modules/.pnpm/got@14.0.0/node_modules/got/dist/core.js:77:1
    at main (file:///srv/releases/20261101/app/dist/main.8f3a9c1b.js:1:90211)`,
    `TypeError: x of 8 is not a function
    at Loader.load [as run] (/srv/releases/20261120/app/src/loader.js:12:9)
    at async Promise.all (index 0)
    at /srv/releases/20261120/app/node_modules/.pnpm/got@14.2.0/node_modules/got/dist/core.js:80:1
    at main (file:///srv/releases/20261120/app/dist/main.77aa01ce.js:1:3)`,
    ['Loader.load|src/loader.js', 'Promise.all|', '|got/dist/core.js', 'main|dist/main.*.js'],
  ],
  'JavaScript of Firefox': [
    'load@https://example.com/static/app.js?v=3:10:3\n@https://example.com/static/app.js:1:1',
    'load@https://example.com/static/app.js?v=4:11:3\n@https://example.com/static/app.js:2:1',
    ['load|static/app.js', '|static/app.js'],
  ],
  Python: [
    `Traceback (most recent call last):
  File "/opt/venv-1/lib/python3.12/site-packages/django/core/handlers/base.py", line 181, in get_response
    response = callback(request)
  File "/srv/app/shop/views.py", line 12, in checkout
    total = cart[7]
KeyError: 7`,
    `Traceback (most recent call last):
  File "/opt/venv-2/lib/python3.13/site-packages/django/core/handlers/base.py", line 197, in get_response
    response = callback(request)
  File "/srv/app/shop/views.py", line 13, in checkout
    total = cart[8]
KeyError: 8`,
    ['get_response|django/core/handlers/base.py', 'checkout|shop/views.py'],
  ],
  Java: [
    `java.lang.IllegalStateException: order 7
\tat com.example.shop.Cart.total(Cart.java:42)
\tat com.example.shop.Cart$$Lambda$14/0x000000080014a440.apply(Unknown Source)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
Caused by: java.io.IOException: 10.0.0.7
\tat com.example.Net.read(Net.java:7)
\t... 12 more`,
    `java.lang.IllegalStateException: order 8
\tat com.example.shop.Cart.total(Cart.java:43)
\tat com.example.shop.Cart$$Lambda$77/0x0000000800aaaaaa.apply(Unknown Source)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1600)
Caused by: java.io.IOException: 10.0.0.8
\tat com.example.Net.read(Net.java:8)
\t... 9 more`,
    [
      'com.example.shop.Cart.total|Cart.java',
      'com.example.shop.Cart$.apply|',
      'java.util.ArrayList.forEach|ArrayList.java',
      'com.example.Net.read|Net.java',
    ],
  ],
  Go: [
    `panic: runtime error: index out of range [7]

goroutine 1 [running]:
main.(*Cart).Total(0xc000012345, 0x7)
\t/home/ci/build-1/shop/cart.go:42 +0x1d
created by main.main in goroutine 1
\t/home/ci/build-1/shop/main.go:10 +0x85`,
    `panic: runtime error: index out of range [8]

goroutine 7 [running]:
main.(*Cart).Total(0xc0000abcde, 0x8)
\t/home/ci/build-2/shop/cart.go:43 +0x2f
created by main.main in goroutine 1
\t/home/ci/build-2/shop/main.go:11 +0x99`,
    ['main.(*Cart).Total|', '|shop/cart.go', 'main.main|', '|shop/main.go'],
  ],
  '.NET': [
    'System.Exception: a\n   at Shop.Cart.Total(Int32 x) in C:\\agent\\1\\Shop\\Cart.cs:line 42',
    'System.Exception: b\n   at Shop.Cart.Total(Int32 x) in C:\\agent\\2\\Shop\\Cart.cs:line 43',
    ['Shop.Cart.Total|Shop/Cart.cs'],
  ],
  Ruby: [
    "/srv/app/1/lib/cart.rb:42:in 'total'\n\tfrom /srv/app/1/lib/main.rb:7:in `block in run'",
    "/srv/app/2/lib/cart.rb:43:in 'total'\n\tfrom /srv/app/2/lib/main.rb:9:in `block in run'",
    ['total|lib/cart.rb', 'block in run|lib/main.rb'],
  ],
  PHP: [
    '#0 /srv/1/app/Cart.php(42): Cart->total()\n#1 {main}',
    '#0 /srv/2/app/Cart.php(43): Cart->total()\n#1 {main}',
    ['Cart->total|app/Cart.php'],
  ],
};

describe('the fingerprint of a stack trace', () => {
  it.each(Object.entries(stacks))('%s: functions and files, and nothing that moves', (_, [first, later, frames]) => {
    expect(normalizeStack(first)).toEqual(frames);
    expect(of({ stackTrace: first, errorMessage: 'a' })).toBe(of({ stackTrace: later, errorMessage: 'b' }));
  });

  it('differs with the functions, the kind of error and the code', () => {
    const stackTrace = 'TypeError: a\n    at load (/app/src/a.js:1:1)';
    const all = [
      of({ stackTrace }),
      of({ stackTrace: stackTrace.replace('load', 'save') }),
      of({ stackTrace: stackTrace.replace('a.js', 'b.js') }),
      of({ stackTrace: stackTrace.replace('TypeError', 'RangeError') }),
      of({ stackTrace, errorCode: 'F' }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('counts a recursion once, however deep', () => {
    const deep = (times: number): string => '    at walk (/app/src/tree.js:7:1)\n'.repeat(times);
    expect(of({ stackTrace: deep(3) })).toBe(of({ stackTrace: deep(40) }));
  });

  // Teeth: with (line, column) kept in a frame, the first property failed at once.
  it('does not change with lines and columns, and falls back to the message without a frame', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    const place = fc.tuple(fc.nat(99_999), fc.nat(999));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), place, place, (names, [l1, c1], [l2, c2]) => {
        const stack = (line: number, column: number): string =>
          names.map((fn) => `    at ${fn} (/srv/app/src/${fn}.js:${line}:${column})`).join('\n');
        expect(of({ stackTrace: stack(l1, c1) })).toBe(of({ stackTrace: stack(l2, c2) }));
      }),
    );
    const { source } = fingerprintOf({ stackTrace: 'no frames here', errorCode: 'E', errorMessage: 'm' });
    expect(source).toBe('message');
  });
});

describe('the fingerprint of a message', () => {
  it('leaves out what is different each time', () => {
    for (const [message, normal] of [
      ['user 42 not found', 'user <n> not found'],
      ['task 01a1feab-0b9e-7bbe-b7c9-59b4a289b91e is gone', 'task <uuid> is gone'],
      ['at 2026-11-21T10:00:00.123Z or 2026-11-21 10:00:00,5', 'at <time> or <time>'],
      ['no mail to ada@example.com', 'no mail to <email>'],
      ['no mail to [email] from [ip]', 'no mail to <email> from <scrubbed>'],
      ['read of 0xdeadBEEF failed', 'read of <hex> failed'],
      ['cannot open /var/lib/x/file-7.txt', 'cannot open <path>'],
      ['cannot open C:\\Users\\ada\\x.txt', 'cannot open <path>'],
      ['GET https://example.com/a/7?x=1 failed', 'GET <url> failed'],
      ['column "total_7" of \'orders\' and `x`', 'column <text> of <text> and <text>'],
      ['commit 3f2a9c1bd0 and order ORD-20261121-7', 'commit <id> and order <id>'],
      ['connect 10.0.0.7:5432', 'connect <ip>'],
      ["it's utf8 over http2, isn't it", "it's utf<n> over http<n>, isn't it"],
      ['took 1.5e3 ms,  -7 of 1,000', 'took <n> ms, <n> of <n>'],
    ] as const) {
      expect(normalizeMessage(message)).toBe(normal);
    }
  });

  it('is the same for any values of the variable parts, and keeps the words', () => {
    const variable = fc.oneof(
      fc.uuid(),
      fc.nat().map(String),
      fc.ipV4(),
      fc.integer({ min: 1 }).map((n) => `0x${n.toString(16)}`),
    );
    fc.assert(
      fc.property(variable, variable, (one, two) => {
        expect(normalizeMessage(`request ${one} failed`)).toMatch(/^request <\w+> failed$/);
        if (normalizeMessage(one) === normalizeMessage(two)) {
          expect(of({ errorMessage: `request ${one} failed` })).toBe(of({ errorMessage: `request ${two} failed` }));
        }
      }),
    );
    expect(of({ errorMessage: 'disk full' })).not.toBe(of({ errorMessage: 'disk lost' }));
  });

  it('takes time in proportion to the text', () => {
    for (const piece of ['a', '1', '/', '"', "'", 'a@', 'a-1', '0x', '1.1', ' at ', '(', 'main.a(']) {
      const text = piece.repeat(20_000 / piece.length);
      expect(normalizeMessage(text).length).toBeLessThanOrEqual(2_000);
      expect(normalizeStack(`${text}\n`.repeat(5)).length).toBeLessThan(10);
    }
  });
});

describe('a given fingerprint', () => {
  it('comes before everything else', () => {
    const given = of({ fingerprint: 'mine', stackTrace: stacks['Ruby']![0], errorMessage: 'a' });
    expect(of({ fingerprint: ['mine'], errorMessage: 'b' })).toBe(given);
    expect(of({ fingerprint: ['mi', 'ne'] })).not.toBe(given);
    expect(given).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe('the file of a frame', () => {
  it('is the end of its path', () => {
    expect(normalizeFile('webpack-internal:///./src/pages/cart.tsx')).toBe('pages/cart.tsx');
    expect(normalizeFile('/root/go/pkg/mod/github.com/lib/pq@v1.10.9/conn.go')).toBe('github.com/lib/pq/conn.go');
    expect(normalizeFile('chunk-QX7K2M4A.mjs')).toBe('chunk-*.mjs');
  });
});
