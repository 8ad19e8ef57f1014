import type { Operation } from './operation.js';
import { isWrite, shapeOf } from './operation.js';

const DRY_RUN = 'Dry run: nothing was saved';

/** Abbreviations keep their capitals. */
const spelled: Readonly<Record<string, string>> = { api: 'API' };

const wordsOf = (name: string): string[] =>
  name.split(/(?=[A-Z])/).map((word) => spelled[word.toLowerCase()] ?? word.toLowerCase());

/** The verbs that name operations are all regular. */
function participle(verb: string): string {
  if (verb.endsWith('e')) return `${verb}d`;
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${verb}ed`;
}

/** `createProjectTask` returns a `Task`, so its message speaks of a task. */
function subjectOf(operation: Operation, words: readonly string[]): readonly string[] {
  const shape = wordsOf(shapeOf(operation)?.name ?? '');
  const last = words.slice(-shape.length);
  return last.join() === shape.join() ? shape : words;
}

/** What an operation did, such as "Task created": from its name, which is a verb and a noun, unless it declares one. */
function doneBy(operation: Operation): string {
  if (operation.message !== undefined) return operation.message;
  const [verb = '', ...words] = wordsOf(operation.name);
  const names = ['get', 'list'].includes(verb) || isWrite(operation) ? words : [verb, ...words];
  const subject = subjectOf(operation, names).join(' ');
  const done = isWrite(operation) ? participle(verb) : 'retrieved';
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} ${done}`;
}

/** What a write did, unless it was a dry run. */
export const messageOfWrite = (done: string, isDryRun: boolean): string => (isDryRun ? DRY_RUN : done);

/** Says what a call did, for people. */
export function messageOf(operation: Operation): (isDryRun: boolean, isNew: boolean) => string {
  const done = doneBy(operation);
  const repeated = operation.repeated?.replace(/\.$/, '') ?? done;
  return (isDryRun, isNew) => {
    const said = isNew ? done : repeated;
    return isWrite(operation) ? messageOfWrite(said, isDryRun) : said;
  };
}
