import { write, writeSync } from 'node:fs';

/** Characters that are written at once, and the milliseconds after which a shorter rest is written too. */
const WRITE_AT = 32 * 1024;
const WRITE_AFTER_MS = 100;
/** Characters kept for a reader that does not read; what comes on top is counted and dropped. */
const KEEP_MAX = 8 * 1024 * 1024;
const BUSY_MS = 10;
const BUSY_TRIES_AT_END = 100;

const isBusy = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EAGAIN';

/**
 * Lines for a file descriptor, written in the background and in order. SonicBoom, pino's own, measures its buffer at
 * every line and so costs 3 of the 5 microseconds of a log line; here a line is appended and that is all.
 */
export class LineBuffer {
  #pending = '';
  #writing: Buffer | null = null;
  #timer: NodeJS.Timeout | null = null;
  #dropped = 0;

  constructor(private readonly descriptor: number) {}

  write(line: string): void {
    if (this.#pending.length > KEEP_MAX) {
      this.#dropped++;
      return;
    }
    this.#pending += line;
    if (this.#writing) return;
    if (this.#pending.length >= WRITE_AT) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), WRITE_AFTER_MS).unref();
  }

  /**
   * Writes what waits before it returns: for the end of the process. What is being written is left alone, because the
   * process does not end before its background writes, and a second try would repeat half of it.
   */
  flushSync(): void {
    let rest = this.#take();
    for (let tries = 0; rest.length > 0 && tries < BUSY_TRIES_AT_END;) {
      try {
        rest = rest.subarray(writeSync(this.descriptor, rest));
      } catch (error) {
        if (!isBusy(error)) return;
        tries++;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
      }
    }
  }

  #take(): Buffer {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const dropped = this.#dropped > 0 ? `{"level":"warn","msg":"${this.#dropped} log lines dropped"}\n` : '';
    const taken = Buffer.from(this.#pending + dropped);
    this.#pending = '';
    this.#dropped = 0;
    return taken;
  }

  #start(): void {
    this.#writing = this.#take();
    this.#continue();
  }

  #continue(): void {
    const chunk = this.#writing;
    if (!chunk) return;
    write(this.descriptor, chunk, 0, chunk.length, null, (error, written) => {
      if (error && isBusy(error)) {
        setTimeout(() => this.#continue(), BUSY_MS);
        return;
      }
      // Nobody reads any more: there is no place left to complain at.
      this.#writing = error ? null : chunk.subarray(written);
      if (this.#writing?.length) this.#continue();
      else this.#done();
    });
  }

  #done(): void {
    this.#writing = null;
    if (this.#pending.length >= WRITE_AT) this.#start();
    else if (this.#pending !== '') this.#timer ??= setTimeout(() => this.#start(), WRITE_AFTER_MS).unref();
  }
}
