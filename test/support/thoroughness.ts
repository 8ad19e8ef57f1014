/**
 * How often the suites repeat random and concurrent tests. `npm test` repeats them often enough to detect a frequent
 * fault; `npm run test:invariants` looks for rare ones. Expectations are the same in both.
 */
interface Thoroughness {
  /** Separate runs with kills. */
  readonly seeds: readonly number[];
  readonly webhookKills: number;
  readonly claimedTasks: number;
  readonly cycleRounds: number;
  readonly counterWrites: number;
  /** Of 16 requests with one Idempotency-Key at once. */
  readonly idempotencyRounds: number;
  /** Of three tenants, for each size of the pool. */
  readonly tenantRequests: number;
  /** Of each operation in the OpenAPI document. */
  readonly fuzzedRequests: number;
  readonly listExamples: number;
  readonly searchTexts: number;
  readonly readyExamples: number;
  readonly analyticsExamples: number;
  /** Of one refresh token at all instances at once. */
  readonly refreshRaces: number;
  /** Reverts any number of migrations at once, instead of all; each single one is always reverted. */
  readonly everyMigrationDepth: boolean;
  /** Connections that send large bodies at once; an unread one costs 4 MiB if the service takes it. */
  readonly floodingConnections: number;
  /** Imports at once, beside the writes of another tenant. */
  readonly neighbour: {
    readonly threads: number;
    readonly tasks: number;
    readonly quietWrites: number;
    /** Milliseconds after which a write is refused: shorter than the imports, so that one that waits for them is. */
    readonly acquireMs: number;
  };
}

const everyRun: Thoroughness = {
  seeds: [1],
  webhookKills: 1,
  claimedTasks: 200,
  cycleRounds: 150,
  counterWrites: 500,
  idempotencyRounds: 5,
  tenantRequests: 600,
  fuzzedRequests: 10,
  listExamples: 40,
  searchTexts: 400,
  readyExamples: 8,
  analyticsExamples: 8,
  refreshRaces: 50,
  everyMigrationDepth: false,
  floodingConnections: 60,
  neighbour: { threads: 8, tasks: 1_000, quietWrites: 50, acquireMs: 250 },
};

const invariants: Thoroughness = {
  seeds: [1, 2, 3, 4, 5],
  webhookKills: 3,
  claimedTasks: 1_000,
  cycleRounds: 1_000,
  counterWrites: 5_000,
  idempotencyRounds: 20,
  tenantRequests: 2_500,
  fuzzedRequests: 40,
  listExamples: 120,
  searchTexts: 5_000,
  readyExamples: 30,
  analyticsExamples: 25,
  refreshRaces: 1_000,
  everyMigrationDepth: true,
  floodingConnections: 200,
  neighbour: { threads: 8, tasks: 20_000, quietWrites: 500, acquireMs: 2_000 },
};

export const thoroughness: Thoroughness = process.env['TEST_INVARIANTS'] === '1' ? invariants : everyRun;
