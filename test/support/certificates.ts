import { isIP } from 'node:net';
import { generate } from 'selfsigned';

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const named = (name: string) => [{ name: 'commonName', value: name }];
const KEYS = { keyType: 'ec', algorithm: 'sha256' } as const;

/** A certificate authority for a test. */
export class Authority {
  private constructor(private readonly own: Certificate) {}

  static async create(name = 'an authority of the tests'): Promise<Authority> {
    const made = await generate(named(name), {
      ...KEYS,
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    return new Authority({ cert: made.cert, key: made.private });
  }

  /** Its certificate (PEM). */
  get cert(): string {
    return this.own.cert;
  }

  /** A certificate of a server for these names and addresses. */
  async issue(...names: readonly string[]): Promise<Certificate> {
    const made = await generate(named(names[0] ?? ''), {
      ...KEYS,
      ca: this.own,
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: names.map((name) =>
            isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
          ),
        },
      ],
    });
    return { cert: made.cert, key: made.private };
  }
}
