import { createHash } from 'node:crypto';
import type { Json } from './json-value.js';
import { storedText } from './json-value.js';
import type { TaskContent } from './tasks-json.model.js';

const contentKeys = [
  'title',
  'description',
  'details',
  'testStrategy',
  'type',
  'status',
  'stage',
  'priority',
  'complexityScore',
  'affectedFiles',
  'requirements',
  'acceptanceCriteria',
  'tags',
  'assignedTo',
  'estimatedHours',
  'actualHours',
  'metadata',
] as const satisfies readonly (keyof TaskContent)[];

/** The content alone, without the position of the task. */
export function contentOf(task: TaskContent): TaskContent {
  return Object.fromEntries(contentKeys.map((key) => [key, task[key]])) as unknown as TaskContent;
}

/**
 * A digest of what a user sees of a task in the file. The export compares it with that of the import: a task that was
 * only leased, moved in the list or touched by a trigger keeps its original updatedAt and bytes.
 */
export function digestOf(content: TaskContent, dependencies: readonly string[]): string {
  // Readers do not distinguish a missing text from an empty one.
  const seen: Json[] = contentKeys.map((key) => (content[key] === '' ? null : content[key]));
  const text = storedText([...seen, [...dependencies].sort()]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
