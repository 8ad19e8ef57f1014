import { SaxesParser } from 'saxes';
import type { Problems } from './problems.js';
import { unreadable } from './problems.js';

/** Suites may nest. Deeper nesting than this is an attack on the code that walks them. */
const DEPTH_MAX = 64;
const ATTRIBUTES_MAX = 100;
const NAME_MAX = 1_000;
/** Characters per call of the parser. */
const CHUNK = 65_536;
/** Tests print terminal colours, and few tools escape what XML does not allow. The parser keeps these characters. */
const HARMLESS = /^(disallowed character|malformed character entity)\.$/;

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Receives the parts of a document in order. `path` is the position of an element, such as `testsuites.testsuite[2]`.
 */
export interface XmlVisitor {
  open(element: XmlElement, path: string): void;
  text(text: string): void;
  close(name: string): void;
}

interface Level {
  readonly path: string;
  readonly counts: Map<string, number>;
}

/**
 * Reads XML in chunks. It refuses every document type declaration: without one, only the five entities of XML itself
 * exist, so nothing expands and nothing is fetched.
 * @throws Fault MALFORMED_BODY
 */
export function* readXml(text: string, visitor: XmlVisitor, problems: Problems): Generator<void> {
  // Nothing may stand before an XML declaration, but scripts print blank lines there.
  const document = text.trimStart();
  if (document === '') throw unreadable('The file is empty.');
  const parser = parserOf(visitor, problems);
  for (let at = 0; at < document.length; at += CHUNK) {
    parser.write(document.slice(at, at + CHUNK));
    yield;
  }
  parser.close();
}

type Parser = SaxesParser<{ position: true; xmlns: false }>;

function parserOf(visitor: XmlVisitor, problems: Problems): Parser {
  const parser = new SaxesParser<{ position: true; xmlns: false }>({ position: true, xmlns: false });
  const levels: Level[] = [{ path: '', counts: new Map() }];
  const refuse = (why: string): never => {
    throw unreadable(`The file is refused at line ${parser.line}, column ${parser.column}: ${why}`);
  };
  parser.on('error', (error) => {
    const why = error.message.replace(/^[\d:]+ ?/, '');
    const place = `line ${parser.line}, column ${parser.column}`;
    if (!HARMLESS.test(why)) throw unreadable(`The file is not well-formed XML at ${place}: ${why}`);
    problems.setAside(place, 'is a character that XML does not allow; it is kept as it is');
  });
  parser.on('doctype', () => refuse('a document type declaration (DTD) is not accepted.'));
  parser.on('opentagstart', ({ name }) => {
    if (levels.length > DEPTH_MAX) refuse(`elements are nested deeper than ${DEPTH_MAX} levels.`);
    if (name.length > NAME_MAX) refuse('the name of an element is too long.');
  });
  let attributes = 0;
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > ATTRIBUTES_MAX) refuse(`an element has more than ${ATTRIBUTES_MAX} attributes.`);
  });
  parser.on('opentag', (tag) => {
    attributes = 0;
    visitor.open(tag, enter(levels, tag.name));
  });
  parser.on('text', (text) => visitor.text(text));
  parser.on('cdata', (text) => visitor.text(text));
  parser.on('closetag', ({ name }) => {
    levels.pop();
    visitor.close(name);
  });
  return parser;
}

function enter(levels: Level[], name: string): string {
  const parent = levels.at(-1);
  const nth = parent?.counts.get(name) ?? 0;
  parent?.counts.set(name, nth + 1);
  const path = parent === undefined || parent.path === '' ? name : `${parent.path}.${name}[${nth}]`;
  levels.push({ path, counts: new Map() });
  return path;
}
