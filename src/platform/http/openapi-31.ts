import type { OpenAPIObject } from '@nestjs/swagger';

type Node = Record<string, unknown>;

/** In OpenAPI 3.1, schemas are JSON Schema 2020-12: null is a type, and a `$ref` may have siblings. */
function nullableAsType(node: Node): Node {
  if (node.nullable !== true) return node;
  const { nullable: _, ...rest } = node;
  if (typeof rest.type === 'string') {
    const values = Array.isArray(rest.enum) ? { enum: [...(rest.enum as unknown[]), null] } : {};
    return { ...rest, ...values, type: [rest.type, 'null'] };
  }
  return { anyOf: [rest, { type: 'null' }] };
}

function walk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, walk(inner)] as const);
  return nullableAsType(Object.fromEntries(entries));
}

/** Converts the document of @nestjs/swagger from OpenAPI 3.0 to 3.1. */
export function toOpenApi31(document: OpenAPIObject): OpenAPIObject {
  return walk(document) as OpenAPIObject;
}
