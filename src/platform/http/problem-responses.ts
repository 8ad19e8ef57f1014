import type { OpenAPIObject } from '@nestjs/swagger';
import type { FaultCode } from '../faults/catalogue.js';
import { faultCatalogue } from '../faults/catalogue.js';

interface ProblemResponse {
  readonly description: string;
  readonly content: Record<string, { readonly schema: Record<string, unknown> }>;
}

/** The OpenAPI response of faults that have one status. */
export function problemResponse(codes: readonly FaultCode[]): ProblemResponse {
  return {
    description: codes.map((code) => `${code}: ${faultCatalogue[code].meaning}`).join('\n\n'),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: [...codes] } } }] },
      },
    },
  };
}

/** What the server answers before a request reaches an operation, at every path, by the name of the shared response. */
const BEFORE_OPERATIONS: Readonly<Record<string, FaultCode>> = {
  MethodNotAllowed: 'METHOD_NOT_ALLOWED',
  RequestTimeout: 'REQUEST_TIMEOUT',
  UriTooLong: 'URI_TOO_LONG',
  ExpectationFailed: 'EXPECTATION_FAILED',
  HttpsRequired: 'HTTPS_REQUIRED',
  HeadersTooLarge: 'HEADERS_TOO_LARGE',
};

/** Adds these responses to every operation, by reference. */
export function withSharedResponses(document: OpenAPIObject): OpenAPIObject {
  const shared = Object.entries(BEFORE_OPERATIONS);
  const references = shared.map(([name, code]) => [
    String(faultCatalogue[code].status),
    { $ref: `#/components/responses/${name}` },
  ]);
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path) as { responses: object }[]) {
      operation.responses = { ...operation.responses, ...(Object.fromEntries(references) as object) };
    }
  }
  const responses = Object.fromEntries(shared.map(([name, code]) => [name, problemResponse([code])]));
  return { ...document, components: { ...document.components, responses } };
}
