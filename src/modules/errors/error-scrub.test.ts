import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSecretName, passesLuhn, scrubJson, scrubRules, scrubText, truncateIp } from './error-scrub.rules.js';

const KEY = `-----BEGIN RSA PRIVATE KEY-----\nMIICanaryCanary\n-----END RSA PRIVATE KEY-----`;

/** One or more canaries per rule: the text, and the part of it that must be gone. */
const canaries: Record<string, readonly (readonly [text: string, secret: string])[]> = {
  'private keys': [[KEY, 'MIICanaryCanary']],
  cookies: [
    ['Cookie: sid=canary1; theme=dark', 'canary1'],
    ['set-cookie: sid=canary2; HttpOnly', 'canary2'],
  ],
  'authorization headers': [
    ['Authorization: Bearer canary3canary3', 'canary3canary3'],
    ['"authorization": "Basic Y2FuYXJ5OnBhc3M="', 'Y2FuYXJ5OnBhc3M'],
  ],
  'bearer and basic credentials': [
    ['sent Bearer canary4canary4 to', 'canary4canary4'],
    ['with basic Y2FuYXJ5OnBhc3N3b3Jk', 'Y2FuYXJ5OnBhc3N3b3Jk'],
  ],
  'JSON web tokens': [['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl', 'eyJzdWIiOiJjYW5hcnkifQ']],
  'user and password in URLs': [['postgres://app:canary5@db:5432/x', 'canary5']],
  'API keys of known services': [
    ['key sk_live_canary6canary6', 'canary6'],
    ['ghp_canary7canary7canary7', 'canary7'],
    ['AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7'],
    ['tmk_canary8canary8canary8', 'canary8'],
  ],
  'values of secret names': [
    ['password=canary9', 'canary9'],
    ["{'api_key': 'canary10 with blanks'}", 'canary10 with blanks'],
    ['?access_token=canary11&x=1', 'canary11'],
    ['DB_PASSWORD: "canary12"', 'canary12'],
  ],
  'e-mail addresses': [
    ['no user ada.lovelace+x@example.co.uk', 'ada.lovelace'],
    ['GET /u?mail=ada%40example.com', 'ada%40example'],
    ['<jörg@bücher.example>', 'jörg'],
  ],
  'card numbers': [
    ['paid with 4111 1111 1111 1111', '4111 1111 1111 1111'],
    ['5500-0000-0000-0004.', '5500-0000-0000-0004'],
  ],
  'IPv4 addresses': [['connect ECONNREFUSED 10.11.12.13:5432', '10.11.12.13']],
  'IPv6 addresses': [
    ['from 2001:db8:85a3::8a2e:370:7334', '2001:db8'],
    ['via ::ffff:192.0.2.1 to', '192.0.2.1'],
  ],
};

// Seen to fail: each rule taken out of the table in turn made the case of its name fail.
describe('scrubbing a text', () => {
  it('has a canary for every rule', () => {
    expect(Object.keys(canaries)).toEqual(scrubRules.map(({ what }) => what));
  });

  it.each(Object.entries(canaries))('takes out %s', (_, cases) => {
    for (const [text, secret] of cases) expect(scrubText(text)).not.toContain(secret);
  });

  it('takes out every canary wherever it stands, and changes nothing the second time', () => {
    const all = Object.values(canaries).flat();
    const words = fc.stringMatching(/^[a-z ]{0,20}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(words, fc.constantFrom(...all)), { maxLength: 5 }), words, (parts, end) => {
        const text = `${parts.map(([before, [canary]]) => `${before}\n${canary}\n`).join('')}${end}`;
        const clean = scrubText(text);
        for (const [, [, secret]] of parts) expect(clean).not.toContain(secret);
        expect(scrubText(clean)).toBe(clean);
      }),
    );
  });

  it('leaves alone what is neither secret nor personal', () => {
    for (const text of [
      'TypeError: cannot read properties of undefined (reading "id")',
      'version 1.2.3 of std::vector::push_back at 10:15:00.123, order 1234567890123',
      'the token was rejected; no password is set',
      'Basic understanding of authorization is needed',
      '@nestjs/core@11.0.1 and user@localhost',
    ]) {
      expect(scrubText(text)).toBe(text);
    }
  });

  it('takes time in proportion to the text', () => {
    for (const piece of [
      'a',
      'a@',
      'eyJ',
      '-eyJ',
      '1 ',
      '1.',
      'token="',
      'password:',
      ':',
      'a.b-',
      '-----BEGIN PRIVATE KEY-----',
      'https://a:',
    ]) {
      const text = piece.repeat(200_000 / piece.length);
      expect(scrubText(text).length).toBeGreaterThan(0);
    }
  });
});

describe('scrubbing JSON', () => {
  it('blanks what stands under a secret name, at any depth and in the forms of headers', () => {
    const secret = 'canary';
    const clean = scrubJson({
      Password: secret,
      nested: [{ 'X-Api-Key': secret, deeper: { clientSecret: { of: secret }, userToken: [secret] } }],
      headers: [['Authorization', secret], { name: 'Cookie', value: secret }],
      pin: 1234,
      password: null,
      note: 'password=canary',
      'ada@example.com': 1,
      card: 4_111_111_111_111_111,
      total: 4_111_111_111_111_111,
    });
    expect(JSON.stringify(clean)).not.toMatch(/canary|1234|4111111111111111|ada@/);
    expect(clean).toMatchObject({ password: null, '[email]': 1, total: '[card]' });
  });

  it('keeps everything else as it is', () => {
    const key = fc.stringMatching(/^[b-dg-m]{1,6}$/);
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.stringMatching(/^[a-z ]{0,20}$/),
        fc.integer({ max: 1_000_000 }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (object) => {
        expect(scrubJson(object)).toEqual(shallow(object));
      }),
    );
  });

  it('is bounded in depth and in size', () => {
    let deep: Record<string, unknown> = { bottom: 'reached' };
    for (let i = 0; i < 30; i++) deep = { down: deep };
    expect(JSON.stringify(scrubJson(deep))).toContain('[deeper]');
    const wide = scrubJson({ many: Array.from({ length: 20_000 }, (_, n) => n) });
    expect((wide['many'] as unknown[]).length).toBeLessThan(5_001);
  });

  it('knows names of secrets in any spelling', () => {
    for (const name of ['password', 'user_password', 'X-API-Key', 'refreshToken', 'Set-Cookie', 'CVV', 'auth', 'JWT']) {
      expect([name, isSecretName(name)]).toEqual([name, true]);
    }
    for (const name of ['author', 'passenger', 'spinner', 'cardinality', 'message', 'keyboard']) {
      expect([name, isSecretName(name)]).toEqual([name, false]);
    }
  });
});

/** What is too deep is cut, in the expectation as in the result. */
function shallow(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= 8) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => shallow(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shallow(inner, depth + 1)]));
}

describe('payment cards and addresses', () => {
  it('recognises a card by its check digit', () => {
    expect(['4111111111111111', '4111111111111112', '0000000000000000', '42'].map(passesLuhn)).toEqual([
      ...[true, false, false, false],
    ]);
  });

  it('keeps the network of an address', () => {
    for (const [address, network] of [
      ['203.0.113.77', '203.0.113.0/24'],
      ['::ffff:203.0.113.77', '203.0.113.0/24'],
      ['2001:db8:85a3:1:2:8a2e:370:7334', '2001:db8:85a3::/48'],
      ['2001:db8::1', '2001:db8:0::/48'],
      ['::1', '0:0:0::/48'],
      ['fe80::1%eth0', 'fe80:0:0::/48'],
    ] as const) {
      expect(truncateIp(address)).toBe(network);
    }
  });

  it('makes a network of any address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => expect(truncateIp(address)).toMatch(/^[\da-f:.]+::\/48$|^[\d.]+\/24$/)),
    );
    fc.assert(fc.property(fc.ipV4(), (address) => expect(truncateIp(address)).toMatch(/^[\d.]+\.0\/24$/)));
  });
});
