/** Milliseconds in which a repeated line is written once. */
const WINDOW_MS = 60_000;
/** Different lines that are remembered. More at once are written in full. */
const LINES_MAX = 500;

interface Line {
  readonly until: number;
  suppressed: number;
}

/**
 * Writes a repeated warning once a minute, with the number of repetitions in between. While the database was away, the retries
 * of the background work wrote 311 KB a minute.
 */
export class RepeatedLines {
  readonly #lines = new Map<string, Line>();

  constructor(private readonly now: () => number = Date.now) {}

  /** The repetitions since the line was last written; null when it is not to be written yet. */
  admit(line: string): number | null {
    const now = this.now();
    const known = this.#lines.get(line);
    if (known && known.until > now) {
      known.suppressed += 1;
      return null;
    }
    if (this.#lines.size >= LINES_MAX) this.#forgetOld(now);
    if (this.#lines.size < LINES_MAX || known) this.#lines.set(line, { until: now + WINDOW_MS, suppressed: 0 });
    return known?.suppressed ?? 0;
  }

  #forgetOld(now: number): void {
    for (const [line, { until }] of this.#lines) if (until <= now) this.#lines.delete(line);
  }
}
