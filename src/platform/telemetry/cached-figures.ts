/** Milliseconds between two queries, however often Prometheus scrapes. */
const LOAD_EVERY_MS = 15_000;
/** Milliseconds that a scrape waits before it uses the last figures; Prometheus gives up after 5 seconds. */
const SCRAPE_WAITS_MS = 1_000;

/** Figures that cost a query. They are loaded by scrapes and kept while the database is away. */
export class CachedFigures {
  #loadedAt = -Infinity;
  #loading: Promise<void> | null = null;

  constructor(
    private readonly load: () => Promise<void>,
    private readonly onFailed: (error: unknown) => void,
    private readonly everyMs = LOAD_EVERY_MS,
  ) {}

  async refresh(): Promise<void> {
    if (performance.now() - this.#loadedAt >= this.everyMs) {
      this.#loading ??= this.#run().finally(() => (this.#loading = null));
    }
    if (!this.#loading) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SCRAPE_WAITS_MS);
    });
    await Promise.race([this.#loading, patience]);
    clearTimeout(timer);
  }

  /** A failed attempt counts, so that a database in trouble is not queried at every scrape. */
  async #run(): Promise<void> {
    this.#loadedAt = performance.now();
    await this.load().catch(this.onFailed);
  }
}
