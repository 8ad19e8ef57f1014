import { createHmac, hkdfSync } from 'node:crypto';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { SecretBox } from '../../platform/credentials/secret-box.js';
import { sha256 } from '../../platform/credentials/secrets.js';
import type { Database } from '../../platform/database/database.js';
import type { Passed } from './oauth-paths.js';
import { isUuid } from '../../platform/schema/uuid.js';
import {
  consumeRecord,
  deleteRecord,
  settleRecord,
  endGrant,
  endTokenSession,
  findGrant,
  findRecord,
  findTokenSession,
  saveRecord,
  startTokenSession,
} from './oauth-record.queries.js';

/** Seconds that a client which registered itself is kept until somebody allows it something. */
const UNUSED_CLIENT_SECONDS = 24 * 60 * 60;

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);
const dateOf = (time: number): Date => new Date(time * 1000);

interface StoreOptions {
  readonly database: Database;
  readonly secret: string;
  /** The error of a code or token that another request was faster with, or whose grant has ended. */
  readonly lost: () => Error;
  /** The request in whose context the library calls. */
  readonly request: () => Passed;
}

/** Notes that the tokens of an exchange are stored. */
export async function settle(database: Database, kind: string, id: string): Promise<void> {
  await database.anonymousCommand(settleRecord(kind, sha256(id)));
}

type Kept = Pick<Adapter, 'find' | 'upsert' | 'destroy'> & Partial<Adapter>;

/**
 * What the library keeps, in PostgreSQL: an access token is a session, a grant is what the user sees in the list, and
 * everything else is a sealed record under the hash of its secret.
 */
export function oauthStore(options: StoreOptions): (kind: string) => Adapter {
  const box = new SecretBox(options.secret, 'taskmaster oauth');
  const key = Buffer.from(hkdfSync('sha256', options.secret, '', 'taskmaster oauth lookup', 32));
  const keptOf = (kind: string): Kept => {
    if (kind === 'AccessToken') return tokenSessions(options);
    return kind === 'Grant' ? grantsIn(options.database) : records(kind, options, box, key);
  };
  return (kind) => ({
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    consume: () => Promise.reject(new Error('It is not exchanged.')),
    // Every code and token of a grant ends with it, in PostgreSQL.
    revokeByGrantId: async (grantId) => {
      await options.database.anonymousCommand(endGrant(grantId));
    },
    ...keptOf(kind),
  });
}

/** Grants are made on the page that asks the user, under their session. */
function grantsIn(database: Database): Kept {
  return {
    find: async (id) => {
      const [grant] = isUuid(id) ? await database.anonymousCommand(findGrant(id)) : [];
      if (!grant) return undefined;
      const scope = grant.scopes.join(' ');
      return {
        kind: 'Grant',
        jti: id,
        accountId: grant.userId,
        clientId: grant.clientId,
        iat: seconds(grant.createdAt),
        exp: seconds(grant.expiresAt),
        // An origin may be written with a slash.
        resources: { [grant.resource]: scope, [`${grant.resource}/`]: scope },
      };
    },
    upsert: () => Promise.reject(new Error('The user makes grants.')),
    destroy: async (id) => {
      await database.anonymousCommand(endGrant(id));
    },
  };
}

function tokenSessions({ database, request, lost }: StoreOptions): Kept {
  return {
    find: async (id) => {
      const [token] = await database.anonymousCommand(findTokenSession(sha256(id)));
      if (!token) return undefined;
      return {
        kind: 'AccessToken',
        jti: id,
        accountId: token.userId,
        clientId: token.clientId,
        grantId: token.grantId,
        aud: token.resource,
        scope: token.scopes.join(' '),
        iat: seconds(token.createdAt),
        exp: seconds(token.expiresAt),
      };
    },
    upsert: async (id, { grantId = '', scope = '', aud, exp = 0 }) => {
      if (typeof aud !== 'string') throw new Error('An access token has one audience.');
      const scopes = scope.split(' ').filter((one) => one !== '');
      const token = {
        tokenHash: sha256(id),
        grantId,
        scopes,
        resource: aud,
        expiresAt: dateOf(exp),
        request: request(),
      };
      const [session] = await database.anonymousCommand(startTokenSession(token));
      if (!session?.id) throw lost();
    },
    destroy: async (id) => {
      await database.anonymousCommand(endTokenSession(sha256(id)));
    },
  };
}

function records(kind: string, { database, request, lost }: StoreOptions, box: SecretBox, key: Buffer): Kept {
  /** The code that somebody types is short, so a plain hash of it could be reversed. */
  const lookupHash = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const ownerOf = (idHash: Buffer): string => `${kind} ${idHash.toString('base64')}`;
  const read = async (hash: Buffer, byLookup: boolean): Promise<AdapterPayload | undefined> => {
    const [record] = await database.anonymousCommand(findRecord(kind, hash, byLookup));
    const text = record ? box.open(ownerOf(record.idHash), record.payload) : null;
    if (!record || text === null) return undefined;
    const payload = JSON.parse(text) as AdapterPayload;
    if (record.consumedAt === null) return payload;
    if (wasSlower(record.settledMs, request())) throw lost();
    return { ...payload, consumed: seconds(record.consumedAt) };
  };
  return {
    find: (id) => read(sha256(id), false),
    findByUid: (uid) => read(lookupHash(uid), true),
    findByUserCode: (code) => read(lookupHash(code), true),
    upsert: async (id, payload, expiresIn = UNUSED_CLIENT_SECONDS) => {
      const lookup = payload.userCode ?? payload.uid;
      const idHash = sha256(id);
      const record = {
        kind,
        idHash,
        lookupHash: lookup === undefined ? null : lookupHash(lookup),
        grantId: payload.grantId ?? null,
        payload: box.seal(ownerOf(idHash), JSON.stringify(payload)),
        expiresAt: new Date(Date.now() + expiresIn * 1000),
        claims: payload.inFlight === true && payload.accountId === undefined && payload.error === undefined,
      };
      const [saved] = await database.anonymousCommand(saveRecord(record));
      if (!saved?.isDone) throw lost();
    },
    consume: async (id) => {
      const [consumed] = await database.anonymousCommand(consumeRecord(kind, sha256(id)));
      if (!consumed?.isDone) throw lost();
    },
    destroy: async (id) => {
      await database.anonymousCommand(deleteRecord(kind, sha256(id)));
    },
  };
}

/**
 * Whether a request came while another one was exchanged, such as that of another window. It loses, and nobody has stolen
 * anything.
 */
function wasSlower(settledMs: number | null, { exchangesForMs }: Passed): boolean {
  return exchangesForMs !== null && (settledMs === null || exchangesForMs() >= settledMs);
}
