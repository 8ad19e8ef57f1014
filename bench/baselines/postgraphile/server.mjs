// PostGraphile 5 over the same tables, roles and policies. It gets the claims of a user from memory and sends them as
// settings, so it does not check the credential with every statement as the service does: that is in its favour.
import { createServer } from 'node:http';
import { grafserv } from 'postgraphile/grafserv/node';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { makeV4Preset } from 'postgraphile/presets/v4';

const { DATABASE_URL, PORT, CLAIMS, POOL = '10' } = process.env;
const claims = new Map(Object.entries(JSON.parse(CLAIMS)));

const pgService = makePgService({
  connectionString: DATABASE_URL,
  schemas: ['public'],
  poolConfig: { max: Number(POOL), options: '-c role=tm_app_ro -c timezone=UTC' },
});

const preset = {
  extends: [PostGraphileAmberPreset, makeV4Preset({ dynamicJson: true })],
  pgServices: [pgService],
  schema: { defaultBehavior: '+filterBy +orderBy' },
  grafserv: { watch: false, graphiql: false, graphqlPath: '/graphql' },
  grafast: {
    explain: false,
    context: ({ node }) => ({ pgSettings: claims.get(node?.req.headers['x-api-key']) ?? {} }),
  },
};

const instance = postgraphile(preset);
const serving = instance.createServ(grafserv);
const server = createServer();
await serving.addTo(server);
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void instance.release();
});
