import { valuesOf } from '../../platform/schema/values.js';

/** What was done to a row. */
export const OPERATIONS = valuesOf({
  INSERT: 'It was created.',
  UPDATE: 'It was changed.',
  DELETE: 'It was deleted.',
});

/** What happened to a task. */
export const TASK_EVENTS = valuesOf({
  created: 'It was created.',
  updated: 'Fields of it changed.',
  completed: 'Its status became `completed`.',
  deleted: 'It was deleted; it can be restored.',
  restored: 'It was restored after it had been deleted.',
  dependency_added: 'It waits for another task from now on.',
  dependency_removed: 'It does not wait for another task any more.',
  comment_added: 'A comment was written.',
  comment_changed: 'The text of a comment was changed.',
  comment_removed: 'A comment was deleted.',
});
