import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/*
 * The document as other tools read it. Seen to fail: an example that is no value of its schema, a list without a type of
 * its items, a default in a merge patch, an id without its format, and rows of a list that may be anything.
 */
type Schema = Readonly<Record<string, unknown>>;

interface Route {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: Schema }>> }>>;
}

const root = resolve(import.meta.dirname, '../..');
const text = readFileSync(resolve(root, 'docs/generated/openapi.json'), 'utf8');
const document = JSON.parse(text) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Route>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
/** In a process of its own, because the validator takes no objects of Jest's realm. */
const VALIDATION = `
import { text } from 'node:stream/consumers';
import { validate } from '@scalar/openapi-parser';
const { valid, errors } = await validate(await text(process.stdin));
process.stdout.write(JSON.stringify(valid ? [] : errors));
`;

const { schemas } = document.components;

const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, route]) => ({ name: `${method.toUpperCase()} ${path}`, method, route })),
);

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

/** Every object of a value, with the names that lead to it. */
function* objectsIn(value: unknown, path: string): Generator<readonly [string, Schema]> {
  if (!isObject(value)) return;
  yield [path, value];
  for (const [name, inner] of Object.entries(value)) yield* objectsIn(inner, `${path}/${name}`);
}

const all = [...objectsIn(document.components.schemas, 'schemas'), ...objectsIn(document.paths, 'paths')];

/** The schema that a reference names. */
function resolved(schema: Schema): Schema {
  const { $ref: reference } = schema;
  return typeof reference === 'string' ? (schemas[reference.split('/').at(-1) ?? ''] ?? {}) : schema;
}

const propertiesOf = (schema: Schema): Readonly<Record<string, Schema>> =>
  (resolved(schema)['properties'] ?? {}) as Record<string, Schema>;

describe('the OpenAPI document', () => {
  let ajv: Ajv2020;

  beforeAll(() => {
    ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    ajv.addVocabulary([
      'example',
      'x-enum-descriptions',
      'components',
      'paths',
      'servers',
      'info',
      'openapi',
      'security',
    ]);
    ajv.addVocabulary(['tags']);
    ajv.addSchema({ $id: 'taskmaster:openapi', ...document });
  });

  /** Compiled where it stands, because its references are to other places of the document. */
  const validatorOf = (path: string): ((value: unknown) => boolean) => {
    const pointer = path.split('/').slice(1).map(encodeURIComponent).join('/');
    const validator = ajv.getSchema(`taskmaster:openapi#/components/schemas/${pointer}`);
    if (!validator) throw new Error(`There is no schema ${path}.`);
    return (value) => validator(value) === true;
  };

  it('is valid', () => {
    const found = execFileSync(process.execPath, ['--input-type=module', '--eval', VALIDATION], {
      cwd: root,
      input: text,
    });
    expect(JSON.parse(String(found))).toEqual([]);
  });

  it.each(Object.keys(schemas))('has a valid JSON Schema of %s', (name) => {
    expect(() => validatorOf(`schemas/${name}`)).not.toThrow();
  });

  it('describes every schema and every property', () => {
    const described = Object.entries(schemas).flatMap(([shape, schema]) => [
      [shape, schema] as const,
      ...Object.entries(propertiesOf(schema)).map(([name, property]) => [`${shape}.${name}`, property] as const),
    ]);
    expect(described.filter(([, { description }]) => !description).map(([name]) => name)).toEqual([]);
  });

  it('has examples that are values of their schemas', () => {
    const examples = all.filter(([, schema]) => 'example' in schema);
    const wrong = examples.filter(([path, { example, ...schema }]) => {
      const validator = path.startsWith('schemas/') ? validatorOf(path) : ajv.compile(schema);
      return !validator(example);
    });
    expect(examples.length).toBeGreaterThan(50);
    expect(wrong.map(([path]) => path)).toEqual([]);
  });

  it('says what the items of every list are', () => {
    const lists = all.filter(([, { type }]) => type === 'array' || (Array.isArray(type) && type.includes('array')));
    const untyped = lists.filter(([, { items }]) => !isObject(items) || Object.keys(items).length === 0);
    expect(lists.length).toBeGreaterThan(50);
    expect(untyped.map(([path]) => path)).toEqual([]);
  });

  it('gives every id of the service its format', () => {
    // Ids that other systems make.
    const foreign =
      /^(externalId|sessionId|requestId)$|^(ErrorLog|RecordedError|SparseErrorLog|NewError|\w*ErrorOccurrence)\.userId$/;
    const ids = Object.entries(schemas).flatMap(([shape, schema]) =>
      Object.entries(propertiesOf(schema)).flatMap(([name, property]) =>
        /^id$|Id$/.test(name) && !foreign.test(name) && !foreign.test(`${shape}.${name}`)
          ? [
              [
                `${shape}.${name}`,
                isObject(property['items']) ? property['items']['format'] : property['format'],
              ] as const,
            ]
          : [],
      ),
    );
    const inPaths = routes.flatMap(({ name, route }) =>
      (route.parameters ?? []).flatMap((one) =>
        one.in === 'path' && /^id$|Id$/.test(one.name) ? [[`${name} ${one.name}`, one.schema['format']] as const] : [],
      ),
    );
    expect(ids.length).toBeGreaterThan(50);
    expect([...ids, ...inPaths].filter(([, format]) => format !== 'uuid')).toEqual([]);
  });

  it('has no default in a body, which openapi-typescript would make a required member', () => {
    const withDefault = Object.entries(schemas).flatMap(([shape, schema]) =>
      [...objectsIn(schema, shape)]
        .filter(([, one]) => 'default' in one && !('properties' in one))
        .map(([path]) => path),
    );
    expect(withDefault).toEqual([]);
  });

  it('tells no default for a merge patch, because an omitted member stays as it is', () => {
    const patches = routes.filter(({ method, route }) => method === 'patch' && route.requestBody);
    const told = patches.flatMap(({ name, route }) => {
      const schema = route.requestBody?.content['application/json']?.schema ?? {};
      return Object.entries(propertiesOf(schema)).flatMap(([member, { description }]) =>
        String(description).includes('Default:') ? [`${name} ${member}`] : [],
      );
    });
    expect(patches.length).toBeGreaterThan(8);
    expect(told).toEqual([]);
  });

  it('answers lists of one schema; fewer fields have a schema of their own', () => {
    const lists = routes.flatMap(({ name, route }) => {
      const { content } = route.responses['200'] ?? {};
      const data = propertiesOf(content?.['application/json']?.schema ?? {})['data'] ?? {};
      return data['type'] === 'array' ? [{ name, route, items: data['items'] as Schema }] : [];
    });
    expect(lists.length).toBeGreaterThan(20);
    // What `expand` adds stands beside the whole row.
    const rowIn = (items: Schema): unknown => ((items['allOf'] as Schema[] | undefined)?.[0] ?? items)['$ref'];
    expect(lists.filter(({ items }) => typeof rowIn(items) !== 'string').map(({ name }) => name)).toEqual([]);
    const sparse = routes.flatMap(({ name, route }) =>
      (route.parameters ?? []).flatMap((one) => {
        const { description } = one as unknown as Schema;
        if (one.name !== 'fields') return [];
        return [[name, /`(Sparse\w+)`/.exec(String(description))?.[1] ?? 'none'] as const];
      }),
    );
    expect(sparse.length).toBeGreaterThan(20);
    expect(sparse.filter(([, shape]) => !schemas[shape] || 'required' in schemas[shape])).toEqual([]);
  });
});
