import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { ConfigProblem, loadConfig } from '../config/config.js';
import { AccessTokens } from './access-token.js';

const [user, session] = [randomUUID(), randomUUID()];
const folder = mkdtempSync(join(tmpdir(), 'taskmaster-keys-'));
const secret = (): string => randomBytes(32).toString('base64url');

type Env = Readonly<Record<string, string | undefined>>;

/** One instance of the service, as far as tokens are concerned. */
class Instance {
  readonly tokens: AccessTokens;

  constructor(env: Env) {
    this.tokens = new AccessTokens(loadConfig(env));
  }

  sign(): string {
    return this.tokens.sign(user, session);
  }

  async accepts(token: string): Promise<boolean> {
    const found = await this.tokens.verify({ authorization: `Bearer ${token}` });
    return found?.sessionId === session;
  }
}

interface KeyFiles {
  readonly privateFile: string;
  readonly publicFile: string;
}

function keyFiles(kind: 'ec' | 'rsa', name: string): KeyFiles {
  const { privateKey } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const files = { privateFile: join(folder, `${name}.pem`), publicFile: join(folder, `${name}.pub.pem`) };
  writeFileSync(files.privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(files.publicFile, createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }));
  return files;
}

let ec: KeyFiles;
let otherEc: KeyFiles;
let rsa: KeyFiles;

beforeAll(() => {
  [ec, otherEc, rsa] = [keyFiles('ec', 'ec'), keyFiles('ec', 'other'), keyFiles('rsa', 'rsa')];
});

/** Each step of a roll-out, with the settings of the instances that have made it. */
type Rollout = (keys: { readonly old: string; readonly next: string }) => readonly Env[];

const rollouts: [string, Rollout][] = [
  [
    'of the secret',
    ({ old, next }) => [
      { JWT_SECRET: old },
      { JWT_SECRET: old, JWT_SECRETS_ACCEPTED: next },
      { JWT_SECRET: next, JWT_SECRETS_ACCEPTED: old },
    ],
  ],
  [
    'from a secret to a key pair',
    ({ old }) => [
      { JWT_SECRET: old },
      { JWT_SECRET: old, JWT_PUBLIC_KEY_FILES: ec.publicFile },
      { JWT_SECRET: old, JWT_PRIVATE_KEY_FILE: ec.privateFile, JWT_SECRETS_ACCEPTED: old },
    ],
  ],
  [
    'of a key pair',
    ({ old }) => [
      { JWT_SECRET: old, JWT_PRIVATE_KEY_FILE: ec.privateFile },
      { JWT_SECRET: old, JWT_PRIVATE_KEY_FILE: ec.privateFile, JWT_PUBLIC_KEY_FILES: otherEc.publicFile },
      { JWT_SECRET: old, JWT_PRIVATE_KEY_FILE: otherEc.privateFile, JWT_PUBLIC_KEY_FILES: ec.publicFile },
    ],
  ],
  [
    'of a key pair to another algorithm',
    ({ old }) => [
      { JWT_SECRET: old, JWT_PRIVATE_KEY_FILE: ec.privateFile },
      { JWT_SECRET: old, JWT_PRIVATE_KEY_FILE: ec.privateFile, JWT_PUBLIC_KEY_FILES: rsa.publicFile },
      { JWT_SECRET: old, JWT_PRIVATE_KEY_FILE: rsa.privateFile, JWT_PUBLIC_KEY_FILES: ec.publicFile },
    ],
  ],
];

describe('a rotation', () => {
  // Seen to fail: with accepted secrets left out, and with the same id for every key.
  it.each(rollouts)('%s refuses no token, on any instance at any step', async (_what, rollout) => {
    const steps = rollout({ old: secret(), next: secret() }).map((env) => new Instance(env));
    const wronglyRefused: string[] = [];
    // While a step is rolled out, instances of this one and of the one before run side by side.
    for (const [at, instance] of steps.entries()) {
      const beside = steps.slice(Math.max(0, at - 1), at + 1);
      for (const issuer of beside) {
        for (const reader of beside) {
          if (!(await reader.accepts(issuer.sign()))) {
            wronglyRefused.push(`${steps.indexOf(issuer)} → ${steps.indexOf(reader)} at step ${at}`);
          }
        }
      }
      expect(await instance.accepts(instance.sign())).toBe(true);
    }
    expect(wronglyRefused).toEqual([]);
  });

  it('ends: a token of a key that is accepted no more is refused', async () => {
    const [old, next] = [secret(), secret()];
    expect(await new Instance({ JWT_SECRET: next }).accepts(new Instance({ JWT_SECRET: old }).sign())).toBe(false);
    const asymmetric = new Instance({ JWT_SECRET: old, JWT_PRIVATE_KEY_FILE: ec.privateFile });
    expect(await asymmetric.accepts(new Instance({ JWT_SECRET: old }).sign())).toBe(false);
    expect(await new Instance({ JWT_SECRET: old }).accepts(asymmetric.sign())).toBe(false);
  });

  it('goes on with tokens that have no key id, as the release before signs them', async () => {
    const [old, next] = [secret(), secret()];
    const options = { algorithm: 'HS256', subject: user, issuer: 'taskmaster', audience: 'taskmaster' } as const;
    const unnamed = jwt.sign({ sid: session }, old, { ...options, expiresIn: 60 });
    for (const env of [{ JWT_SECRET: old }, { JWT_SECRET: next, JWT_SECRETS_ACCEPTED: `${secret()} ${old}` }]) {
      expect(await new Instance(env).accepts(unnamed)).toBe(true);
    }
    expect(await new Instance({ JWT_SECRET: next }).accepts(unnamed)).toBe(false);
  });

  it('gives every key an id that all instances agree on and that tells nothing about a secret', () => {
    const jwtSecret = secret();
    const idOf = (token: string): string => jwt.decode(token, { complete: true })?.header.kid ?? '';
    const [one, other] = [new Instance({ JWT_SECRET: jwtSecret }), new Instance({ JWT_SECRET: jwtSecret })];
    expect(idOf(one.sign())).toMatch(/^[\w-]{22}$/);
    expect(idOf(one.sign())).toBe(idOf(other.sign()));
    expect(jwtSecret).not.toContain(idOf(one.sign()));
  });
});

describe('the published key set', () => {
  it('has the key that signs and those that are accepted, with public members alone', () => {
    const { keySet } = new Instance({
      JWT_PRIVATE_KEY_FILE: ec.privateFile,
      JWT_PUBLIC_KEY_FILES: `${otherEc.publicFile}, ${rsa.publicFile}`,
      JWT_SECRETS_ACCEPTED: secret(),
    }).tokens;
    expect(keySet.keys.map(({ kty, alg, use }) => [kty, alg, use])).toEqual([
      ['EC', 'ES256', 'sig'],
      ['EC', 'ES256', 'sig'],
      ['RSA', 'RS256', 'sig'],
    ]);
    const members = new Set(keySet.keys.flatMap((key) => Object.keys(key)));
    expect([...members].sort()).toEqual(['alg', 'crv', 'e', 'kid', 'kty', 'n', 'use', 'x', 'y']);
  });

  it('is empty while a secret signs', () => {
    expect(new Instance({ JWT_SECRET: secret() }).tokens.keySet).toEqual({ keys: [] });
  });
});

describe('a key that no token may have', () => {
  it.each([
    ['is missing', () => join(folder, 'missing.pem'), /cannot be read \(ENOENT\)/],
    ['is no PEM file', () => import.meta.filename, /must be a PEM file with a key of EC P-256/],
    ['is a public key', () => ec.publicFile, /must be a PEM file/],
    ['is of Ed25519, which jsonwebtoken does not know', () => written(generateKeyPairSync('ed25519')), /must be a PEM/],
    ['is of another curve', () => written(generateKeyPairSync('ec', { namedCurve: 'P-384' })), /must be a PEM file/],
    ['is of RSA with 1024 bits', () => written(generateKeyPairSync('rsa', { modulusLength: 1024 })), /at least 2048/],
  ])('stops the start when it %s', (_what, path, sentence) => {
    expect(() => loadConfig({ JWT_PRIVATE_KEY_FILE: path() })).toThrow(ConfigProblem);
    expect(() => loadConfig({ JWT_PRIVATE_KEY_FILE: path() })).toThrow(sentence);
  });

  function written({ privateKey }: ReturnType<typeof generateKeyPairSync>): string {
    const file = join(folder, `${randomUUID()}.pem`);
    writeFileSync(
      file,
      (privateKey as unknown as { export(options: object): string }).export({ type: 'pkcs8', format: 'pem' }),
    );
    return file;
  }
});
