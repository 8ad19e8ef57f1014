import { readFileSync } from 'node:fs';
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Fault, invalid } from '../faults/fault.js';
import { LIMITS, tooComplex } from './document-limits.js';

/** How a request names its document. */
export interface DocumentRequest {
  readonly query: string | undefined;
  /** The SHA-256 of the text in hexadecimal digits (automatic persisted queries). */
  readonly sha256: string | undefined;
}

/** Bounded by number and by length, so that long documents cannot fill the memory. */
const PERSISTED = { max: 1_000, characters: 4_000_000 };
const HASH = /^[0-9a-f]{64}$/;

/** Reads the file of trusted documents, which maps hashes to texts. */
function readTrusted(file: string): ReadonlyMap<string, string> {
  const content = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
  return new Map(
    Object.entries(content).map(([key, text]) => {
      const sha256 = key.replace(/^sha256:/, '');
      if (typeof text !== 'string' || hash('sha256', text, 'hex') !== sha256) {
        throw new Error(`GRAPHQL_TRUSTED_DOCUMENTS: ${key.slice(0, 80)} is not the SHA-256 of its document.`);
      }
      return [sha256, text];
    }),
  );
}

/** Resolves the document of a request: as sent, by its hash, or only when it is trusted. */
export class Documents {
  private readonly persisted = new LRUCache<string, string>({
    max: PERSISTED.max,
    maxSize: PERSISTED.characters,
    sizeCalculation: (text) => Math.max(text.length, 1),
  });
  private readonly trusted: ReadonlyMap<string, string> | null;

  constructor(trustedFile: string | undefined) {
    this.trusted = trustedFile === undefined ? null : readTrusted(trustedFile);
  }

  /** @throws Fault PERSISTED_QUERY_NOT_FOUND, DOCUMENT_NOT_TRUSTED, VALIDATION_FAILED */
  textOf({ query, sha256 }: DocumentRequest): string {
    if (sha256 !== undefined && !HASH.test(sha256)) throw wrongHash('must be a SHA-256 in hexadecimal digits');
    if (this.trusted) {
      const text = this.trusted.get(sha256 ?? hash('sha256', query ?? '', 'hex'));
      if (text === undefined) throw new Fault('DOCUMENT_NOT_TRUSTED');
      return text;
    }
    if (sha256 === undefined) {
      if (query === undefined) throw invalid([{ path: 'query', message: 'is missing', code: 'REQUIRED' }]);
      return query;
    }
    return query === undefined ? this.remembered(sha256) : this.remember(sha256, query);
  }

  private remembered(sha256: string): string {
    const text = this.persisted.get(sha256);
    if (text === undefined) throw new Fault('PERSISTED_QUERY_NOT_FOUND');
    return text;
  }

  private remember(sha256: string, query: string): string {
    if (query.length > LIMITS.characters) throw tooComplex('characters', LIMITS.characters);
    if (hash('sha256', query, 'hex') !== sha256) throw wrongHash('is not the hash of the document');
    this.persisted.set(sha256, query);
    return query;
  }
}

function wrongHash(message: string): Fault {
  return invalid([{ path: 'extensions.persistedQuery.sha256Hash', message, code: 'INVALID_PARAMETER' }]);
}
