import type { INestApplicationContext, Type } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService } from '@nestjs/core';
import type { Operation } from './operation.js';
import { fieldOf, guardOf, httpOnlyOf, operationsOf, routesOf, tagOf, absenceOf } from './operation.js';
import { OperationRegistry } from './registry.js';

const GUARDS = { idempotency: 'Idempotency-Key', version: 'If-Match', none: '-' } as const;

const INTRODUCTION = `# Operations

Made by \`npm run generate\` from the operations declared in src/modules.

Each operation is declared once; its REST routes, GraphQL field and tool follow from the declaration. REST paths are
below \`/api/v1\`. Of several permissions one is enough. The guard is the header that protects a write over REST.
\`Lease\` says whether the write may be done under a lease. An italic entry is the reason why a surface lacks the
operation.
`;

const code = (text: string): string => `\`${text}\``;

/** Cells must not end early. */
const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function restCell(operation: Operation): string {
  const routes = routesOf(operation).map(({ method, path }) => code(`${method} ${path}`));
  return routes.join('<br>') || `*${absenceOf(operation.rest) ?? ''}*`;
}

function graphqlCell(operation: Operation): string {
  const field = fieldOf(operation);
  if (!field) return `*${absenceOf(operation.graphql) ?? ''}*`;
  const renamed = Object.entries(field.arguments ?? {}).map(([name, argument]) => `${name}: ${code(argument)}`);
  return [code(field.field), ...renamed].join('<br>');
}

function operationRow(operation: Operation): string[] {
  return [
    code(operation.name),
    operation.summary,
    operation.kind,
    [operation.permission].flat().map(code).join(' or '),
    restCell(operation),
    graphqlCell(operation),
    operation.tool === undefined ? '-' : code(operation.tool),
    GUARDS[guardOf(operation)],
    operation.fenced === true ? 'yes' : '-',
  ];
}

function byTag(classes: readonly Type[]): ReadonlyMap<string, readonly Operation[]> {
  const tags = new Map<string, Operation[]>();
  for (const type of classes) {
    const tag = tagOf(type) ?? '';
    tags.set(tag, [...(tags.get(tag) ?? []), ...operationsOf(type)]);
  }
  return new Map([...tags].sort(([a], [b]) => a.localeCompare(b)));
}

function handlersOf(type: Type): string[][] {
  const prefix = [Reflect.getMetadata(PATH_METADATA, type) as string | string[] | undefined].flat()[0] ?? '';
  const prototype = type.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const reason = typeof handler === 'function' ? httpOnlyOf(handler) : undefined;
    if (typeof handler !== 'function' || reason === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number] ?? '';
    const path = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat()[0] ?? '';
    const whole = [prefix, path].flatMap((part) => part.split('/')).filter((part) => part !== '');
    return [[code(`${method} /${whole.join('/').replaceAll(/:(\w+)/g, '{$1}')}`), reason]];
  });
}

/** The text of docs/generated/operations.md. */
export function operationPage(app: INestApplicationContext): string {
  const head = ['Operation', 'Summary', 'Kind', 'Permission', 'REST', 'GraphQL', 'Tool', 'Guard', 'Lease'];
  const sections = [...byTag(app.get(OperationRegistry, { strict: false }).classes())].map(
    ([tag, operations]) => `## ${tag}\n\n${table(head, operations.map(operationRow))}\n`,
  );
  const controllers = app.get(DiscoveryService, { strict: false }).getControllers();
  const types = new Set(controllers.map(({ metatype }) => metatype as Type));
  const byHand = table(['Route', 'Reason'], [...types].flatMap(handlersOf));
  return [INTRODUCTION, ...sections, `## Handlers over HTTP only\n\n${byHand}\n`].join('\n');
}
