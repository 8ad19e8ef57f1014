import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { API_VERSION } from './answer.js';
import { Meta, Pagination, Problem } from './envelope.dto.js';
import { withSharedResponses } from './problem-responses.js';

const DESCRIPTION = `The system of record for work that people and AI coding agents do together.

Responses are \`{ success, message?, data, pagination?, meta }\`. Failures are \`application/problem+json\` (RFC 9457) with a stable \`code\`.
Every resource has a \`version\` and an \`ETag\`. \`If-Match\` protects updates, and every POST but those under \`/auth\` accepts \`Idempotency-Key\`.`;

/** The OpenAPI 3.1 document of the application. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('TaskMaster')
    .setDescription(DESCRIPTION)
    .setVersion(API_VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' }, 'apiKey')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An access token, or an API key.' }, 'bearer')
    .addSecurityRequirements('apiKey')
    .addSecurityRequirements('bearer')
    .addServer('/', 'This instance')
    .build();
  const document = SwaggerModule.createDocument(app, builder, {
    extraModels: [Meta, Pagination, Problem],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return withSharedResponses(document);
}

/** Serves the document at /api/v1/openapi.json and /openapi.json. */
export function installDocumentation(app: INestApplication): void {
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  let text: string | null = null;
  const answer = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    text ??= JSON.stringify(openApiDocument(app));
    return reply.header('content-type', 'application/json; charset=utf-8').send(text);
  };
  server.get('/openapi.json', answer);
  server.get('/api/v1/openapi.json', answer);
}
