import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Resolve, Schema } from './schema-arbitrary.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}

interface Media {
  readonly schema?: Schema;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  /** Of a response that every operation has. */
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
}

export function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content['application/json']?.schema ?? null,
    })),
  );
}

export function resolver(document: OpenApi): Resolve {
  return (ref) => {
    const schema = document.components.schemas[ref.split('/').at(-1) ?? ''];
    if (!schema) throw new Error(`${ref} is not in the document`);
    return schema;
  };
}

/** Why a response does not match the document, or null. */
export type Judge = (operation: Operation, status: number, contentType: string | null, text: string) => string | null;

export function judgeOf(document: OpenApi): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // A CommonJS module: its function is a member of the default export.
  formats.default(ajv);
  ajv.addSchema(document, 'api');
  const pointer = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');
  return (operation, status, contentType, text) => {
    const method = operation.method.toLowerCase();
    const declared = document.paths[operation.path]?.[method]?.responses[String(status)];
    if (!declared) return `status ${status} is not documented`;
    const shared = declared.$ref?.split('/').at(-1);
    const response = shared === undefined ? declared : document.components.responses[shared];
    if (!response) return `${declared.$ref} is not in the document`;
    if (!response.content) return text === '' ? null : `status ${status} has a body`;
    const type = contentType?.split(';', 1)[0] ?? '';
    if (!response.content[type]) return `${type} is not documented for ${status}`;
    if (!type.includes('json')) return null;
    const at =
      shared === undefined
        ? ['paths', operation.path, method, 'responses', String(status)]
        : ['components', 'responses', shared];
    const where = [...at, 'content', type, 'schema'];
    const validate = ajv.getSchema(`api#/${where.map((part) => encodeURIComponent(pointer(part))).join('/')}`);
    if (!validate) return 'no schema';
    if (validate(JSON.parse(text))) return null;
    return ajv.errorsText(validate.errors, { dataVar: 'answer' });
  };
}
