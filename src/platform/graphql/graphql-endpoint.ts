import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { GraphqlService } from './graphql-service.js';
import { IDE_CSP, idePage } from './ide-page.js';

export const GRAPHQL_PATH = '/graphql';

type Load = () => Promise<GraphqlService>;

/**
 * Serves `/graphql`. The libraries and the schema take about 40 MB and half a second, and many instances never serve a
 * GraphQL request, so the first request loads them.
 */
@Injectable()
export class GraphqlEndpoint {
  private load: Load | null = null;
  private loading: Promise<GraphqlService> | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  service(): Promise<GraphqlService> {
    if (!this.load) throw new Error('/graphql was not installed.');
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = null;
      throw error;
    });
    return this.loading;
  }

  install(server: FastifyInstance, load: Load): void {
    this.load = load;
    server.post(
      GRAPHQL_PATH,
      {
        // Failures before the handler, such as an invalid JSON body, are answered in the same form.
        errorHandler: (error, request, reply) => {
          void this.service().then((service) => service.refuse(error, request, reply));
        },
      },
      async (request, reply) => (await this.service()).answer(request, reply),
    );
    // GET is not supported: URLs are logged and cached, and other sites can link to them.
    if (!this.config.graphql.introspection) return;
    const page = idePage();
    server.get(GRAPHQL_PATH, (_request, reply) =>
      reply.header('content-security-policy', IDE_CSP).type('text/html; charset=utf-8').send(page),
    );
  }
}
