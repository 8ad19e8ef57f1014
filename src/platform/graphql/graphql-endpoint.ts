import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Fault } from '../faults/fault.js';
import type { ItemOf } from '../http/json-body.js';
import { sendGraphiql } from '../http/pages.js';
import type { GraphqlService } from './graphql-service.js';

export const GRAPHQL_PATH = '/graphql';

/** A variable can hold a list of inputs, of which each is validated by itself. Its duplicate keys are gone by then. */
const itemOf: ItemOf = (path, isShown) => {
  const index = path.findIndex((part) => typeof part === 'number');
  return isShown && path[0] === 'variables' && index > 0 ? index + 1 : null;
};

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
        config: { itemOf },
        // Failures before the handler, such as an invalid JSON body, are answered in the same form.
        errorHandler: (error, request, reply) => {
          void this.service().then((service) => service.refuse(error, request, reply));
        },
      },
      async (request, reply) => (await this.service()).answer(request, reply),
    );
    server.get(GRAPHQL_PATH, (request, reply) => this.#answerGet(request, reply));
  }

  /** GraphiQL for a browser. Queries over GET are refused: URLs are logged and cached, and other sites can link to them. */
  #answerGet({ headers: { accept = '' } }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (this.config.graphql.introspection && accept.includes('text/html')) return sendGraphiql(reply);
    throw new Fault('METHOD_NOT_ALLOWED', 'Send GraphQL requests with POST.', { headers: { allow: 'POST' } });
  }
}
