import { ID, Resolver } from '@nestjs/graphql';
import type { Call } from '../../platform/graphql/call.js';
import { Subscribes } from '../../platform/graphql/operations.js';
import { Change } from '../changes/change.dto.js';
import { LiveService } from './live.service.js';

const SINCE = {
  since: {
    type: String,
    description: 'Cursor of the last event you have, or a time: what has happened since comes first.',
  },
};
const WHERE = { projectKey: { type: String, description: 'Only of this project: its key or id.' } };
const TYPES = { types: { type: [String], description: 'Only of these types; task.* for all of a kind.' } };
const TASK = { taskId: { type: ID, description: 'Only of this task.' } };

@Resolver()
export class LiveResolver {
  constructor(private readonly live: LiveService) {}

  @Subscribes(null, 'What happens, as far as you may see it.', {
    returns: Change,
    args: { ...TYPES, ...WHERE, ...TASK, ...SINCE },
  })
  events(call: Call): void {
    this.subscribe(call, {});
  }

  @Subscribes('tasks:read', 'What happens to tasks.', { returns: Change, args: { ...WHERE, ...TASK, ...SINCE } })
  taskChanged(call: Call): void {
    this.subscribe(call, { types: ['task.*'] });
  }

  private subscribe(call: Call, more: object): void {
    const { client, id } = call.subscriber;
    const given = Object.entries(call.args).filter(([, value]) => value !== undefined && value !== null);
    this.live.subscribe(call.session, client, { ...Object.fromEntries(given), ...more, id }, undefined);
  }
}
