import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { GraphqlService } from './graphql-service.js';
import { IDE_CSP, idePage } from './ide-page.js';

export const GRAPHQL_PATH = '/graphql';

type Load = () => Promise<GraphqlService>;

/**
 * `/graphql`. The libraries and the schema are loaded with its first request: they take some 40 MB and half a second,
 * and many instances never serve one.
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
        // What fails before the handler, such as a body that is no JSON, is answered in the same form.
        errorHandler: (error, request, reply) => {
          void this.service().then((service) => service.refuse(error, request, reply));
        },
      },
      async (request, reply) => (await this.service()).answer(request, reply),
    );
    // Queries by GET are not taken: a URL is logged, cached and followed by other sites.
    if (!this.config.graphql.introspection) return;
    const page = idePage();
    server.get(GRAPHQL_PATH, (_request, reply) =>
      reply.header('content-security-policy', IDE_CSP).type('text/html; charset=utf-8').send(page),
    );
  }
}
