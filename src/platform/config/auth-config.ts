import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Environment } from './settings.js';

/** How access tokens are signed and verified, and refresh tokens stored. */
export interface AuthConfig {
  readonly jwtSecret: string;
  /** Whether the secret was generated for this process, because none was given. */
  readonly isTemporary: boolean;
  readonly acceptedSecrets: readonly string[];
  /** Seals the secrets of second factors; undefined: jwtSecret does. */
  readonly secondFactorKey: string | undefined;
  /** PEM. Signs in place of the secret. */
  readonly privateKey: string | undefined;
  /** PEM. */
  readonly acceptedPublicKeys: readonly string[];
  readonly refresh: {
    /** The key of the digests of refresh tokens; without one they are plain. */
    readonly secret: string | undefined;
    readonly acceptedSecrets: readonly string[];
    /** Whether plain digests are accepted. */
    readonly acceptsUnkeyed: boolean;
  };
}

const RSA_BITS_MIN = 2048;

/** What signs a token with a key: HS256 for secrets. Undefined for a key that no access token may have. */
export function algorithmOf(key: KeyObject): 'HS256' | 'RS256' | 'ES256' | undefined {
  if (key.type === 'secret') return 'HS256';
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= RSA_BITS_MIN) return 'RS256';
  return key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1' ? 'ES256' : undefined;
}

/** Completes "NAME …", or null for a file that holds a key of use. */
function problemOf(path: string, read: (pem: string) => KeyObject): string | null {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`;
  }
  try {
    if (algorithmOf(read(pem))) return null;
  } catch {
    // The sentence below says it.
  }
  return `must be a PEM file with a key of EC P-256, or of RSA with at least ${RSA_BITS_MIN} bits and without a password`;
}

export function authProblems(environment: Environment): string[] {
  const problems: string[] = [];
  const { JWT_PRIVATE_KEY_FILE: privateKey, JWT_PUBLIC_KEY_FILES: publicKeys } = environment;
  const unusable = privateKey === undefined ? null : problemOf(privateKey, createPrivateKey);
  if (unusable) problems.push(`JWT_PRIVATE_KEY_FILE ${unusable}.`);
  for (const path of publicKeys) {
    const problem = problemOf(path, createPublicKey);
    if (problem) problems.push(`JWT_PUBLIC_KEY_FILES: ${path} ${problem}.`);
  }
  if (environment.REFRESH_SECRET !== undefined && environment.REFRESH_SECRET === environment.JWT_SECRET) {
    problems.push('REFRESH_SECRET and JWT_SECRET must differ.');
  }
  return problems;
}

export function authOf(environment: Environment, jwtSecret: string): AuthConfig {
  const { JWT_PRIVATE_KEY_FILE: privateKey } = environment;
  return {
    jwtSecret,
    isTemporary: environment.JWT_SECRET === undefined,
    acceptedSecrets: environment.JWT_SECRETS_ACCEPTED,
    secondFactorKey: environment.SECOND_FACTOR_KEY,
    privateKey: privateKey === undefined ? undefined : readFileSync(privateKey, 'utf8'),
    acceptedPublicKeys: environment.JWT_PUBLIC_KEY_FILES.map((path) => readFileSync(path, 'utf8')),
    refresh: {
      secret: environment.REFRESH_SECRET,
      acceptedSecrets: environment.REFRESH_SECRETS_ACCEPTED,
      acceptsUnkeyed: environment.REFRESH_SECRET === undefined || environment.REFRESH_UNKEYED_ACCEPTED,
    },
  };
}
