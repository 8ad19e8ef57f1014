/** Messages that may arrive at once, and per second in the long run. A page of a person sends a handful. */
const BURST = 60;
const PER_SECOND = 20;

/** A token bucket for the messages of one connection. */
export class MessageRate {
  #tokens = BURST;
  #at = Date.now();

  /** Takes a token; false when none is left. */
  take(): boolean {
    const now = Date.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    this.#tokens -= 1;
    return this.#tokens >= 0;
  }
}
