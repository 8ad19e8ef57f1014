import { readFileSync } from 'node:fs';

interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
}

/** Reads its file once per process. */
const document = JSON.parse(
  readFileSync(new URL('../../docs/generated/openapi.json', import.meta.url), 'utf8'),
) as Documented;

const escape = (text: string): string => text.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');

/** Paths without parameters first: `/tasks/next` is not the task `next`. */
const paths = Object.entries(document.paths)
  .map(([path, methods]) => ({
    parameters: path.split('{').length,
    pattern: new RegExp(`^${escape(path).replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
    methods,
  }))
  .sort((a, b) => a.parameters - b.parameters);

/**
 * Why the document does not allow this status; null when it does. A method that a path does not have is judged by what the
 * path's other methods declare. Paths outside of the document and preflights of browsers are not judged.
 */
export function undeclaredStatus(method: string, target: string, status: number): string | null {
  if (method === 'OPTIONS') return null;
  const path = target.split('?', 1)[0] ?? '';
  const found = paths.filter(({ pattern }) => pattern.test(path));
  const exact = found.find(({ methods }) => method.toLowerCase() in methods);
  const operations = exact
    ? [exact.methods[method.toLowerCase()]]
    : found.flatMap(({ methods }) => Object.values(methods));
  if (operations.length === 0 || operations.some((one) => one && String(status) in one.responses)) return null;
  return `${method} ${path} answered ${status}, which the OpenAPI document does not declare.`;
}
