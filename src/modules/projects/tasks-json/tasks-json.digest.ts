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

/** The content alone, without the place of the task. */
export function contentOf(task: TaskContent): TaskContent {
  return Object.fromEntries(contentKeys.map((key) => [key, task[key]])) as unknown as TaskContent;
}

/**
 * Stands for what a user can see of a task in the file. Export compares it with that of the import: a task that was
 * only leased, moved in the list or touched by a trigger keeps the updatedAt of its file, and the file its bytes.
 */
export function digestOf(content: TaskContent, dependencies: readonly string[]): string {
  // No text and an empty one are the same to whoever reads the task.
  const seen: Json[] = contentKeys.map((key) => (content[key] === '' ? null : content[key]));
  const text = storedText([...seen, [...dependencies].sort()]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
