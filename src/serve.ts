import type { Config } from './platform/config/config.js';
import { withEmbedded } from './platform/config/config.js';
import type { EmbeddedDatabase } from './platform/embedded/embedded-database.js';
import { startEmbedded } from './platform/embedded/embedded-database.js';
import { assertPortFree } from './platform/embedded/ports.js';
import type * as Service from './service.js';

/** A running service. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

interface Prepared {
  readonly config: Config;
  readonly embedded: EmbeddedDatabase | null;
}

type Say = (line: string) => void;

/**
 * The application, with TypeORM and Nest: 1 s of processor time to load. It is not needed to refuse a start, and loads
 * while PostgreSQL starts.
 */
const loadService = (): Promise<typeof Service> => import('./service.js');

async function prepareDatabase(config: Config, say: Say): Promise<Prepared> {
  if (config.database) return { config, embedded: null };
  // A failure is thrown where the import is awaited.
  const admitted = (): void => void loadService().catch(() => undefined);
  const embedded = await startEmbedded({ dataDir: config.dataFolder, log: say, admitted });
  const { superuserUrl, serviceUrl, secrets } = embedded;
  return { config: withEmbedded(config, { superuserUrl, serviceUrl, jwtSecret: secrets.jwtSecret }), embedded };
}

/**
 * Starts everything: the embedded PostgreSQL unless one is configured, the migrations and the service.
 * @throws StartupProblem with one plain sentence
 */
export async function serve(given: Config, say: Say): Promise<Running> {
  await assertPortFree(given.api.host, given.api.port);
  const { config, embedded } = await prepareDatabase(given, say);
  try {
    const { startService } = await loadService();
    const service = await startService(config, embedded);
    say(service.banner);
    const stop = async (): Promise<void> => {
      await service.stop();
      await embedded?.stop();
    };
    return { url: service.url, stop };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
