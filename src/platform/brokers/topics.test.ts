import { describe, expect, it } from '@jest/globals';
import type { OutgoingEvent } from './broker.queries.js';
import { MESSAGE_MAX_BYTES, messageOf, topicsOf } from './topics.js';

const outgoing = (data: unknown): OutgoingEvent => ({
  position: '1',
  type: 'task.updated',
  key: 'a "user"',
  body: JSON.stringify({ specversion: '1.0', subject: 'tasks/1', datacontenttype: 'application/json', data }),
});

describe('the topics of an event', () => {
  it.each([
    ['task.created', ['task-events', 'task-updates']],
    ['task.completed', ['task-events', 'task-updates']],
    ['task.deleted', ['task-events', 'task-updates']],
    ['task.due_soon', ['reminders', 'task-updates']],
    ['comment.created', ['task-updates']],
    ['team_member.deleted', ['task-updates']],
  ])('%s', (type, topics) => expect(topicsOf(type)).toEqual(topics));
});

describe('the message of an event', () => {
  it('is the event with its key, otherwise as it was', () => {
    const event = outgoing({ title: 'é' });
    expect(JSON.parse(messageOf(event))).toEqual({ partitionkey: 'a "user"', ...JSON.parse(event.body) });
  });

  it('goes without its data when a broker would refuse it', () => {
    const message = messageOf(outgoing({ details: 'é'.repeat(MESSAGE_MAX_BYTES / 2) }));
    expect(JSON.parse(message)).toEqual({
      partitionkey: 'a "user"',
      specversion: '1.0',
      subject: 'tasks/1',
      dataref: '/api/v1/tasks/1',
    });
  });
});
