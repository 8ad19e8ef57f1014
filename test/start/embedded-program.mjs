/** A service reduced to its embedded database: reports in JSON lines and ends on SIGTERM. */
import '../support/typescript.mjs';

const { startEmbedded } = await import('../../src/platform/embedded/embedded-database.ts');
const { StartupProblem } = await import('../../src/platform/faults/startup-problem.ts');

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

try {
  const database = await startEmbedded({ dataDir: process.argv[2], log: (line) => say({ log: line }) });
  // A service has a listening socket that keeps it alive; here it is this timer.
  const alive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', async () => {
    await database.stop();
    clearInterval(alive);
  });
  const { superuserUrl, serviceUrl, port, dataDir } = database;
  say({ ready: { superuserUrl, serviceUrl, port, dataDir } });
} catch (error) {
  if (!(error instanceof StartupProblem)) throw error;
  say({ problem: error.message });
  process.exitCode = 1;
}
