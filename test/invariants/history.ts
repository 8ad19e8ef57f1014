/**
 * What clients saw. `ok`: acknowledged. `fail`: refused without effect, or never sent. `unknown`: the response was
 * lost, or states that the outcome is unknown.
 */
export type Outcome = 'ok' | 'fail' | 'unknown';

export interface Create {
  /** Unique, in the title. */
  readonly marker: string;
  readonly key: string;
  readonly outcome: Outcome;
  /** Set for an acknowledged operation. */
  readonly id?: string;
}

export interface Increment {
  readonly counter: string;
  /** The number that the writer wrote: the one it read plus 1. */
  readonly value: number;
  readonly outcome: Outcome;
}

/** The final state. */
export interface Kept {
  /** How often each marker occurs. */
  readonly markers: ReadonlyMap<string, number>;
  readonly counters: ReadonlyMap<string, { readonly n: number; readonly version: number }>;
}

/** Every operation of a run, and a way to wait for progress instead of for time. */
export class History {
  readonly creates: Create[] = [];
  readonly increments: Increment[] = [];
  /** Every kind of unsuccessful response. */
  readonly refusals = new Map<string, number>();
  private acknowledged = 0;
  private waiting: { readonly at: number; readonly go: () => void } | null = null;

  create(operation: Create): void {
    this.creates.push(operation);
    this.count(operation.outcome);
  }

  increment(operation: Increment): void {
    this.increments.push(operation);
    this.count(operation.outcome);
  }

  refusal(kind: string): void {
    this.refusals.set(kind, (this.refusals.get(kind) ?? 0) + 1);
  }

  /** Resolves as soon as this many more operations are acknowledged. */
  progress(operations: number): Promise<void> {
    return new Promise((go) => {
      this.waiting = { at: this.acknowledged + operations, go };
    });
  }

  total(outcome: Outcome): number {
    return [...this.creates, ...this.increments].filter((one) => one.outcome === outcome).length;
  }

  private count(outcome: Outcome): void {
    if (outcome !== 'ok') return;
    this.acknowledged += 1;
    if (!this.waiting || this.acknowledged < this.waiting.at) return;
    const { go } = this.waiting;
    this.waiting = null;
    go();
  }
}

type Operations = Pick<History, 'creates' | 'increments'>;

const allowed: Readonly<Record<Outcome, readonly number[]>> = { ok: [1], fail: [0], unknown: [0, 1] };

function countersOf({ increments }: Operations, kept: Kept): string[] {
  return [...kept.counters].flatMap(([counter, { n, version }]) => {
    const own = increments.filter((one) => one.counter === counter);
    const acknowledged = own.filter((one) => one.outcome === 'ok').map((one) => one.value);
    const unknown = own.filter((one) => one.outcome === 'unknown').length;
    return [
      ...(n < acknowledged.length ? [`lost: ${counter} holds ${n} of ${acknowledged.length} additions`] : []),
      ...(n > acknowledged.length + unknown ? [`phantom: ${counter} holds ${n}, nobody added that often`] : []),
      ...(new Set(acknowledged).size < acknowledged.length ? [`overwritten: ${counter}, one number twice`] : []),
      ...(version === n + 1 ? [] : [`torn: ${counter} holds ${n} at version ${version}`]),
    ];
  });
}

/** Every contradiction between the final state and the responses; empty if no acknowledged write is lost. */
export function violations(history: Operations, kept: Kept): string[] {
  const creates = history.creates.flatMap(({ marker, outcome }) => {
    const times = kept.markers.get(marker) ?? 0;
    if (allowed[outcome].includes(times)) return [];
    if (times > 1) return [`duplicate: ${marker} is there ${times} times`];
    return [outcome === 'ok' ? `lost: ${marker}` : `phantom: ${marker}`];
  });
  return [...creates, ...countersOf(history, kept)];
}
