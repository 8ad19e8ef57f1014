/** Messages that may come at once, and how many a second in the long run. A person's page sends a handful. */
const BURST = 60;
const PER_SECOND = 20;

/** A bucket of tokens: says when somebody sends faster than is accepted. */
export class MessageRate {
  #tokens = BURST;
  #at = Date.now();

  /** Takes one; false when there is none left. */
  take(): boolean {
    const now = Date.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    this.#tokens -= 1;
    return this.#tokens >= 0;
  }
}
