import type { EventPayload, EventSource } from '../../platform/events/event-source.js';
import { changed, changedBeyond, deleted, either, inserted, lifecycle } from '../../platform/events/event-source.js';
import { TaskComment } from './task-context.dto.js';
import { Task } from './task.dto.js';

const TASK: EventPayload = {
  name: 'task',
  shape: Task,
  expressions: { completed: "to_jsonb(p_row ->> 'status' = 'completed')" },
};

/** The columns that the more specific event types report. */
const PRECISE = ['status', 'stage', 'assignee_id', 'assigned_to', 'started_at', 'completed_at', 'deleted_at'];
const FOLLOWING = ['started_at', 'completed_at'];

export const taskEvents: readonly EventSource[] = [
  {
    name: 'task',
    tables: ['tasks'],
    subject: "'tasks/' || p_task",
    needs: 'tasks:read',
    payload: TASK,
    events: [
      { type: 'task.created', description: 'A task was created.', when: inserted },
      {
        type: 'task.restored',
        description: 'A deleted task was restored.',
        when: `${changed('deleted_at')} and p_new -> 'deleted_at' = 'null'`,
      },
      {
        type: 'task.updated',
        description: 'A task was changed, or what hangs on it: its dependencies, contexts or workflow states.',
        when: either(
          changedBeyond(...PRECISE),
          `p_operation = 'UPDATE' and p_changed <> '{}' and p_changed <@ array['${FOLLOWING.join("', '")}']`,
        ),
      },
      {
        type: 'task.assigned',
        description: 'A task was assigned to somebody else, or to nobody.',
        when: either(`${inserted} and p_new -> 'assignee_id' <> 'null'`, changed('assignee_id', 'assigned_to')),
      },
      {
        type: 'task.status_changed',
        description: 'The status or stage of a task changed.',
        when: changed('status', 'stage'),
      },
      {
        type: 'task.completed',
        description: 'A task was completed.',
        when: `${changed('status')} and p_new ->> 'status' = 'completed'`,
      },
      {
        type: 'task.deleted',
        description: 'A task was deleted.',
        // A task that was soft-deleted before has already published its deletion.
        when: either(
          `${changed('deleted_at')} and p_new -> 'deleted_at' <> 'null'`,
          `${deleted} and p_old -> 'deleted_at' = 'null'`,
        ),
      },
    ],
  },
  {
    name: 'task_part',
    tables: ['task_dependencies', 'task_contexts', 'workflow_states'],
    subject: "'tasks/' || p_task",
    needs: 'tasks:read',
    payload: TASK,
    events: [{ type: 'task.updated', description: 'What hangs on a task changed.', when: 'true' }],
  },
  {
    name: 'task_due_notice',
    tables: ['task_due_notices'],
    subject: "'tasks/' || p_task",
    needs: 'tasks:read',
    payload: TASK,
    events: [{ type: 'task.due_soon', description: 'A task is due soon.', when: `not (${deleted})` }],
  },
  {
    name: 'comment',
    tables: ['task_comments'],
    subject: "'tasks/' || p_task || '/comments/' || p_record",
    needs: 'tasks:read',
    payload: { name: 'comment', shape: TaskComment },
    events: lifecycle('comment', 'A comment'),
  },
];
