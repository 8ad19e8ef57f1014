import type { DatabaseLogin } from '../config/config.js';
import { clientConfig } from './endpoint.js';
import { PipelinedConnection } from './pipelined-connection.js';
import { systemScope } from './scope.js';
import type { Statement } from './statement.js';

/** Callbacks of a connection that listens. */
export interface NotificationHandlers {
  /** A notification arrived. */
  onNotification(payload: string): void;
  /** The connection listens from now on. Notifications sent before are lost; read their contents from the tables. */
  onListening(): Promise<void>;
  onLost(error: Error): void;
}

const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** Slightly more than the deadline of the server, whose error is the better one. */
const SILENCE_MAX_MS = 11_000;
const SWEEP_MS = 250;

/**
 * A connection that listens to a channel and runs the few statements of its owner. It reconnects by itself. A silent peer
 * is noticed when a statement is not answered in time, so the owner has to run one regularly.
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

  /** Resolves when it listens and its owner has caught up, or when the first attempt has failed; it keeps trying. */
  open(): Promise<void> {
    this.#sweep ??= setInterval(() => this.#connection.cutIfOverdue(SILENCE_MAX_MS), SWEEP_MS).unref();
    return new Promise((resolve) => {
      this.#settled = resolve;
      this.#connection.open();
    });
  }

  /** Runs one statement of background work in one round trip. @throws Fault */
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
    // LISTEN takes no parameters; the channel is a constant of the code.
    void this.#connection.send([{ name: '', text: `listen ${this.channel}`, values: [], silent: true }]).then(
      async () => {
        this.#listening = true;
        await this.handlers.onListening();
        this.#settled?.();
      },
      // A lost connection is reported by onLost.
      () => undefined,
    );
  }
}
