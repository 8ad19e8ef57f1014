import type { Node } from 'jsonc-parser';
import { parseTree } from 'jsonc-parser';
import { parseJson } from './json-number.js';
import type { Json } from './json-value.js';
import { isArray, isObject, own, sameJson, storedText } from './json-value.js';

/** Formats a value that begins on a line with this indentation. */
type Format = (value: Json, inset: string) => string;

interface Old {
  readonly text: string;
  readonly format: Format;
}

/** A member of an object or an item of an array. */
interface Part {
  /** What the old text has for it, if anything: a property or an item. */
  readonly node: Node | undefined;
  /** The key of a member. */
  readonly key?: string;
  readonly value: Json;
}

/**
 * Writes a value with the text that it had before, however that is laid out. Only what differs is written again, by
 * `format`.
 */
export function keepText(text: string, value: Json, format: Format): string {
  const root = parseTree(text);
  if (root === undefined) return format(value, '');
  return `${text.slice(0, root.offset)}${write(root, value, { text, format })}${text.slice(endOf(root))}`;
}

const endOf = ({ offset, length }: Node): number => offset + length;

function write(node: Node, value: Json, old: Old): string {
  const { text } = old;
  const was = text.slice(node.offset, endOf(node));
  if (sameJson(parseJson(was) as Json, value)) return was;
  const { children = [] } = node;
  const [first, last] = [children[0], children.at(-1)];
  const parts = partsOf(node, value, old);
  if (parts.length === 0 || first === undefined || last === undefined) return old.format(value, insetOf(node, old));
  const open = text.slice(node.offset, first.offset);
  const usual = children[1] === undefined ? `,${open.slice(1)}` : text.slice(endOf(first), children[1].offset);
  const written = parts.map((part, index) => {
    const gap = index === 0 ? '' : gapBetween(parts[index - 1]?.node, part.node, old);
    return `${gap ?? usual}${writePart(part, first, old)}`;
  });
  return `${open}${written.join('')}${text.slice(endOf(last), endOf(node))}`;
}

/** The indentation of the line that a node begins on. */
function insetOf({ offset }: Node, { text }: Old): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset))?.[0] ?? '';
}

/** What stands between two neighbours of the old text; undefined if they were none. */
function gapBetween(left: Node | undefined, right: Node | undefined, { text }: Old): string | undefined {
  if (left === undefined || right === undefined) return undefined;
  const gap = text.slice(endOf(left), right.offset);
  return /^\s*,\s*$/.test(gap) ? gap : undefined;
}

function writePart({ node, key, value }: Part, sample: Node, old: Old): string {
  const { text, format } = old;
  if (key === undefined) return node === undefined ? format(value, insetOf(sample, old)) : write(node, value, old);
  const [name, member] = (node ?? sample).children ?? [];
  if (name === undefined || member === undefined) return '';
  if (node !== undefined) return `${text.slice(node.offset, member.offset)}${write(member, value, old)}`;
  return `${JSON.stringify(key)}${text.slice(endOf(name), member.offset)}${format(value, insetOf(sample, old))}`;
}

function partsOf({ type, children = [] }: Node, value: Json, old: Old): Part[] {
  if (type === 'object' && isObject(value)) {
    const byKey = new Map(children.map((child) => [child.children?.[0]?.value as unknown, child]));
    return Object.entries(value).map(([key, member]) => ({ key, value: member, node: byKey.get(key) }));
  }
  return type === 'array' && isArray(value) ? itemsOf(children, value, old) : [];
}

/** Tasks are recognized by their ids, and other items by their value. */
function itemsOf(children: readonly Node[], value: readonly Json[], { text }: Old): Part[] {
  const free = new Map<string, Node[]>();
  for (const child of children) {
    const name = identityOf(parseJson(text.slice(child.offset, endOf(child))) as Json);
    free.set(name, [...(free.get(name) ?? []), child]);
  }
  return value.map((item) => ({ value: item, node: free.get(identityOf(item))?.shift() }));
}

function identityOf(item: Json): string {
  const id = isObject(item) ? own(item, 'id') : undefined;
  return id === undefined ? storedText(item) : `id ${storedText(id)}`;
}
