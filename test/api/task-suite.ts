import { expect } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

export interface Task extends Record<string, unknown> {
  id: string;
  ref: string;
  title: string;
  version: number;
}

/** An id that no task has. */
export const ABSENT = '01890000-0000-7000-8000-000000000000';

/** Every content field with a non-default value. */
export const full = {
  title: 'a full task',
  description: 'd',
  details: 'x',
  testStrategy: 't',
  type: 'bug',
  status: 'in_progress',
  stage: 'review',
  priority: 9,
  complexityScore: 8,
  affectedFiles: ['src/main.ts', { path: 'a', action: 'modify' }],
  requirements: ['r'],
  acceptanceCriteria: ['c'],
  tags: ['x', 'y'],
  assignedTo: 'somebody',
  estimatedHours: 1.5,
  actualHours: 2.25,
  dueDate: '2026-05-01T10:00:00.123456+02:00',
  remindAt: '2026-04-30',
  recurrencePattern: 'weekly',
  recurrenceInterval: 2,
  metadata: { a: 1 },
};

/** The defaults of the fields. */
export const defaults = {
  description: null,
  details: null,
  testStrategy: null,
  type: 'general',
  status: 'pending',
  stage: null,
  priority: 0,
  complexityScore: 5,
  affectedFiles: [],
  requirements: [],
  acceptanceCriteria: [],
  tags: [],
  assignedTo: null,
  estimatedHours: null,
  actualHours: null,
  dueDate: null,
  remindAt: null,
  recurrencePattern: 'none',
  recurrenceInterval: 1,
  metadata: {},
};

/** `full` as the service returns it. */
export const stored = { ...full, dueDate: '2026-05-01T08:00:00.123456+00:00', remindAt: '2026-04-30T00:00:00+00:00' };

/** Two users; the tasks belong to the first. */
export class TaskSuite {
  private projects = 0;

  private constructor(
    readonly app: TestApp,
    readonly ada: TestUser,
    readonly bob: TestUser,
    readonly client: Client,
  ) {}

  static async start(): Promise<TaskSuite> {
    const app = await startTestApp();
    const ada = await app.user('developer', 'ada');
    return new TaskSuite(app, ada, await app.user('developer', 'bob'), new Client(app.url, ada));
  }

  get asBob(): Client {
    return new Client(this.app.url, this.bob);
  }

  async create(task: object = {}, path = '/tasks'): Promise<Task> {
    const { status, body, text } = await this.client.post<Task>(path, { title: 'a task', ...task });
    if (status !== 201) throw new Error(text);
    return body.data;
  }

  async read(id: string): Promise<Task> {
    return (await this.client.get<Task>(`/tasks/${id}`)).body.data;
  }

  /** The tasks path of a new project. */
  async project(): Promise<string> {
    this.projects += 1;
    const projectKey = `writes${this.projects}`;
    expect((await this.client.post('/projects', { projectKey, name: projectKey })).status).toBe(201);
    return `/projects/${projectKey}/tasks`;
  }
}

/** The status of a refusal, and the path and code of each of its problems. */
export function refusal({ status, body }: Reply<unknown>): unknown[] {
  return [status, ...(body.errors ?? []).map(({ path, code }) => [path, code])];
}
