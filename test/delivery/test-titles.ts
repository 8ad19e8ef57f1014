import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** The name of the called function: `it` for `it(…)`, for `it.each(table)(…)` and for a tagged template. */
function calleeOf(node: ts.Expression): string {
  if (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) return calleeOf(node.expression);
  if (ts.isTaggedTemplateExpression(node)) return calleeOf(node.tag);
  return ts.isIdentifier(node) ? node.text : '';
}

/** The title as written; an expression in a template shows as `${…}`. */
function titleOf(node: ts.Node | undefined): string | undefined {
  if (!node) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.getText().slice(1, -1) : undefined;
}

/** Suites that several test files share are functions in files named `*-suite.ts`. */
function sharedSuites(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const { text } = statement.moduleSpecifier;
    return /^\.\.?\/.*-suite\.js$/.test(text) ? [resolve(dirname(source.fileName), text.replace(/\.js$/, '.ts'))] : [];
  });
}

/** The titles of a test file: `describe` and `it` joined with ` > `. Empty for a missing file. */
export function titlesIn(file: string): string[] {
  if (!existsSync(file)) return [];
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const titles = sharedSuites(source).flatMap(titlesIn);
  const visit = (node: ts.Node, above: readonly string[]): void => {
    const title = ts.isCallExpression(node) && node.arguments.length > 1 ? titleOf(node.arguments[0]) : undefined;
    const callee = ts.isCallExpression(node) && title !== undefined ? calleeOf(node.expression) : '';
    const path = title !== undefined && ['describe', 'it', 'test'].includes(callee) ? [...above, title] : above;
    if (title !== undefined && ['it', 'test'].includes(callee)) titles.push(path.join(' > '));
    node.forEachChild((child) => visit(child, path));
  };
  visit(source, []);
  return titles;
}

const PLACEHOLDER = /(%[a-z#]|\$\{[^}]*\}|\$\w+)/;

/** Whether Jest can print `cited` for a test with this title; a citation may also repeat the title with its placeholders. */
export function isTitle(title: string, cited: string): boolean {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = title.split(PLACEHOLDER).map((part) => (PLACEHOLDER.test(part) ? '.+' : literal(part)));
  return new RegExp(`^${pattern.join('')}$`, 's').test(cited);
}
