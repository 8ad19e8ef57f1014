import type { Type } from '@nestjs/common';
import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, OperationSpec, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { CommentAddress, ContextAddress } from './task-context.dto.js';
import type { TaskPart } from './task-part.rules.js';
import { comments, contexts, workflowStates } from './task-part.rules.js';
import type { PartAddress } from './task-parts.service.js';
import { TaskParts } from './task-parts.service.js';

type Address = Readonly<Record<string, string>>;

type Declarations = Readonly<Record<'list' | 'add' | 'get' | 'update', OperationSpec>>;

function readsOf(part: TaskPart): Pick<Declarations, 'list' | 'get'> {
  const { what, path, parameter, name, field, shape, address } = part;
  const names = { id: 'taskId', [parameter]: 'id' };
  const read = { permission: 'tasks:read', faults: ['NOT_FOUND'] } as const;
  return {
    list: {
      ...read,
      name: `list${name}s`,
      summary: `List the ${what}s of a task`,
      kind: 'list',
      params: ById,
      list: part.list,
      returns: [shape],
      rest: `GET /tasks/{id}/${path}`,
      graphql: { field: `${field}s`, arguments: names },
    },
    get: {
      ...read,
      name: `get${name}`,
      summary: `Get a ${what} of a task`,
      kind: 'read',
      params: address,
      returns: shape,
      versioned: true,
      rest: `GET /tasks/{id}/${path}/{${parameter}}`,
      graphql: { field, arguments: names },
    },
  };
}

function writesOf(part: TaskPart): Pick<Declarations, 'add' | 'update'> {
  const { what, path, parameter, name, shape, create, patch, address } = part;
  const names = { id: 'taskId', [parameter]: 'id' };
  return {
    add: {
      name: `add${name}`,
      summary: `Add a ${what} to a task`,
      kind: 'create',
      permission: 'tasks:write',
      params: ById,
      input: create,
      returns: shape,
      faults: ['NOT_FOUND'],
      rest: {
        route: `POST /tasks/{id}/${path}`,
        location: ({ id }, params: ById) => `/tasks/${params.id}/${path}/${id}`,
      },
      graphql: { field: `add${name}`, arguments: names },
    },
    update: {
      name: `update${name}`,
      summary: `Change a ${what} of a task (JSON merge patch)`,
      kind: 'update',
      permission: 'tasks:write',
      params: address,
      input: patch,
      returns: shape,
      faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
      rest: `PATCH /tasks/{id}/${path}/{${parameter}}`,
      graphql: { field: `update${name}`, arguments: names },
    },
  };
}

/** The operations that contexts, comments and workflow states share. */
function operationsOfPart(part: TaskPart): Type {
  const declared: Declarations = { ...readsOf(part), ...writesOf(part) };
  const addressOf = ({ id = '', [part.parameter]: partId = '' }: Address): PartAddress => ({ taskId: id, id: partId });

  @Operations('tasks')
  class PartOperations {
    constructor(readonly parts: TaskParts) {}

    @Operation(declared.list)
    list({ session, params, list }: ListCall<ById>): Promise<ListPage> {
      return this.parts.list(session, part, params.id, list);
    }

    @Operation(declared.add)
    add({ session, params, input }: Call<ById>): Promise<Result> {
      return this.parts.add(session, part, params.id, input);
    }

    @Operation(declared.get)
    get({ session, params }: Call<Address>): Promise<Result> {
      return this.parts.get(session, part, addressOf(params));
    }

    @Operation(declared.update)
    update({ session, params, version, input }: Call<Address>): Promise<Result> {
      return this.parts.change(session, part, addressOf(params), version, input);
    }
  }
  Object.defineProperty(PartOperations, 'name', { value: `${part.name}Operations` });
  return PartOperations;
}

/** Only contexts and comments can be removed: workflow states are history. */
@Operations('tasks')
export class TaskPartRemovals {
  constructor(private readonly parts: TaskParts) {}

  @Operation({
    summary: 'Delete a context of a task',
    kind: 'delete',
    permission: 'tasks:write',
    params: ContextAddress,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'DELETE /tasks/{id}/contexts/{contextId}',
    graphql: { field: 'deleteTaskContext', arguments: { id: 'taskId', contextId: 'id' } },
  })
  deleteTaskContext({ session, params: { id, contextId }, version }: Call<ContextAddress>): Promise<void> {
    return this.parts.remove(session, contexts, { taskId: id, id: contextId }, version);
  }

  @Operation({
    summary: 'Delete a comment of a task',
    kind: 'delete',
    permission: 'tasks:write',
    params: CommentAddress,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'DELETE /tasks/{id}/comments/{commentId}',
    graphql: { field: 'deleteTaskComment', arguments: { id: 'taskId', commentId: 'id' } },
  })
  deleteTaskComment({ session, params: { id, commentId }, version }: Call<CommentAddress>): Promise<void> {
    return this.parts.remove(session, comments, { taskId: id, id: commentId }, version);
  }
}

export const taskPartOperations: readonly Type[] = [
  ...[contexts, comments, workflowStates].map(operationsOfPart),
  TaskPartRemovals,
];
