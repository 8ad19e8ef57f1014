import type { DatabaseLogin } from '../config/config.js';
import { clientConfig } from './endpoint.js';
import { PipelinedConnection } from './pipelined-connection.js';
import { systemScope } from './scope.js';
import type { Statement } from './statement.js';

/** What a line tells. */
export interface NotificationHandlers {
  /** Something was said on the channel. */
  onNotification(payload: string): void;
  /** It listens from now on. What was said while it was away is lost: read what it would have told. */
  onListening(): Promise<void>;
  onLost(error: Error): void;
}

const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** A moment more than the server's own deadline, so that the answer is the server's where there is one. */
const SILENCE_MAX_MS = 11_000;
const SWEEP_MS = 250;

/**
 * One connection that listens, and runs the few statements of whoever listens. It comes back by itself after a loss. A peer
 * that has fallen silent shows in the first statement that is not answered in time: who listens asks something regularly.
 */
export class NotificationConnection {
  readonly #connection: PipelinedConnection;
  #sweep: NodeJS.Timeout | null = null;
  #settled: (() => void) | null = null;
  #listening = false;

  constructor(
    login: DatabaseLogin,
    private readonly channel: string,
    private readonly handlers: NotificationHandlers,
    private readonly toFault: (error: unknown) => unknown,
  ) {
    const config = clientConfig(
      login,
      {
        role: 'tm_background',
        readOnly: false,
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
        lockTimeoutMs: STATEMENT_TIMEOUT_MS,
        idleInTransactionMs: STATEMENT_TIMEOUT_MS,
        applicationName: `taskmaster ${channel}`,
      },
      CONNECT_TIMEOUT_MS,
    );
    const changed = (lost: Error | null): void => this.#changed(lost);
    this.#connection = new PipelinedConnection(config, changed, (payload) => this.handlers.onNotification(payload));
  }

  get listening(): boolean {
    return this.#listening;
  }

  /** Resolves when it listens and that was heard, or when the first attempt has failed; it goes on trying. */
  open(): Promise<void> {
    this.#sweep ??= setInterval(() => this.#connection.cutIfOverdue(SILENCE_MAX_MS), SWEEP_MS).unref();
    return new Promise((resolve) => {
      this.#settled = resolve;
      this.#connection.open();
    });
  }

  /** One statement of background work, in one round trip. @throws Fault */
  async run<Row>(reason: string, statement: Statement<Row>): Promise<Row[]> {
    try {
      const results = await this.#connection.send([systemScope(reason), statement]);
      return (results.at(-1)?.rows ?? []) as Row[];
    } catch (error) {
      throw this.toFault(error);
    }
  }

  async close(): Promise<void> {
    if (this.#sweep) clearInterval(this.#sweep);
    this.#listening = false;
    await this.#connection.close();
    this.#settled?.();
  }

  #changed(lost: Error | null): void {
    this.#listening = false;
    if (lost) {
      this.#settled?.();
      this.handlers.onLost(lost);
      return;
    }
    // The name is a constant of the code; LISTEN takes no parameter.
    void this.#connection.send([{ name: '', text: `listen ${this.channel}`, values: [], silent: true }]).then(
      async () => {
        this.#listening = true;
        await this.handlers.onListening();
        this.#settled?.();
      },
      // The loss of the connection is told by itself.
      () => undefined,
    );
  }
}
