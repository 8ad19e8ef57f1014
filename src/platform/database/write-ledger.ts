import { LRUCache } from 'lru-cache';
import { Fault } from '../faults/fault.js';

const USERS_REMEMBERED = 10_000;

/** Parses a WAL position into a number that can be compared. */
export function parseLsn(text: string): bigint {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined || low === undefined) throw new Fault('VALIDATION_FAILED', 'This is no WAL position.');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** The WAL position of each user's last write. A replica that has not replayed it does not serve that user. */
export class WriteLedger {
  // For users that were evicted: the highest position that was ever evicted.
  #floor = 0n;
  readonly #positions: LRUCache<string, bigint>;

  constructor(size = USERS_REMEMBERED) {
    this.#positions = new LRUCache<string, bigint>({
      max: size,
      dispose: (position, _user, reason) => {
        if (reason === 'evict' && position > this.#floor) this.#floor = position;
      },
    });
  }

  note(userId: string, lsn: string): void {
    const position = parseLsn(lsn);
    if (position > (this.#positions.peek(userId) ?? 0n)) this.#positions.set(userId, position);
  }

  required(userId: string, readAfter: string | null): bigint {
    const written = this.#positions.get(userId) ?? this.#floor;
    const asked = readAfter === null ? 0n : parseLsn(readAfter);
    return asked > written ? asked : written;
  }
}
