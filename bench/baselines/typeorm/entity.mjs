import { EntitySchema } from 'typeorm';

const text = (name) => ({ type: 'text', name, nullable: true });
const json = (name) => ({ type: 'jsonb', name, nullable: true });
const time = (name) => ({ type: 'timestamptz', name, nullable: true });
const number = (name) => ({ type: 'integer', name, nullable: true });
const decimal = (name) => ({ type: 'numeric', name, nullable: true });

/** A task as an ordinary entity: the fields that the service answers. */
export const TaskEntity = new EntitySchema({
  name: 'Task',
  tableName: 'tasks',
  columns: {
    id: { type: 'uuid', primary: true },
    teamId: { type: 'uuid', name: 'team_id' },
    projectKey: text('project_key'),
    list: text('list'),
    ref: text('ref'),
    title: text('title'),
    description: text('description'),
    details: text('details'),
    testStrategy: text('test_strategy'),
    type: text('type'),
    status: text('status'),
    stage: text('stage'),
    priority: number('priority'),
    complexityScore: number('complexity_score'),
    affectedFiles: json('affected_files'),
    requirements: json('requirements'),
    acceptanceCriteria: json('acceptance_criteria'),
    tags: json('tags'),
    parentTaskId: { type: 'uuid', name: 'parent_task_id', nullable: true },
    assigneeId: { type: 'uuid', name: 'assignee_id', nullable: true },
    assignedTo: text('assigned_to'),
    createdBy: { type: 'uuid', name: 'created_by', nullable: true },
    estimatedHours: decimal('estimated_hours'),
    actualHours: decimal('actual_hours'),
    dueDate: time('due_date'),
    remindAt: time('remind_at'),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
    completedAt: time('completed_at'),
    deletedAt: time('deleted_at'),
    metadata: json('metadata'),
    version: number('version'),
  },
});

/** Keys and their users, for the guard's look-up. */
export const ApiKeyLookup = `select user_id as "userId", credential_id as "credentialId" from app.find_api_key(sha256(convert_to($1, 'UTF8')))`;
