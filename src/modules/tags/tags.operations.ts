import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { NewTag, Tag, TagPatch } from './tag.dto.js';
import { TagsService, tagListRules } from './tags.service.js';

@Operations('tags')
export class TagsOperations {
  constructor(private readonly tags: TagsService) {}

  @Operation({
    summary: 'List tags',
    kind: 'list',
    permission: 'tasks:read',
    list: tagListRules,
    returns: [Tag],
    faults: ['NOT_FOUND'],
    rest: 'GET /tags',
    graphql: 'tags',
  })
  listTags({ session, list }: ListCall): Promise<ListPage> {
    return this.tags.list(session, list);
  }

  @Operation({
    summary: 'Create a tag',
    kind: 'create',
    permission: 'tasks:write',
    input: NewTag,
    returns: Tag,
    faults: ['NOT_FOUND', 'ALREADY_EXISTS'],
    rest: { route: 'POST /tags', location: ({ id }) => `/tags/${id}` },
    graphql: 'createTag',
  })
  createTag({ session, input }: Call): Promise<Result> {
    return this.tags.create(session, input);
  }

  @Operation({
    summary: 'Get a tag',
    kind: 'read',
    permission: 'tasks:read',
    params: ById,
    returns: Tag,
    sparse: true,
    versioned: true,
    faults: ['NOT_FOUND'],
    rest: 'GET /tags/{id}',
    graphql: 'tag',
  })
  getTag({ session, params, fields }: Call<ById>): Promise<Result> {
    return this.tags.get(session, params.id, fields);
  }

  @Operation({
    summary: 'Change a tag (JSON merge patch)',
    description:
      'Another name also replaces the label of the tasks of the team that have it, each with a new version and an event, in the same transaction. With more than 1,000 such tasks the name cannot change (422).',
    kind: 'update',
    permission: 'tasks:write',
    params: ById,
    input: TagPatch,
    returns: Tag,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: 'PATCH /tags/{id}',
    graphql: 'updateTag',
  })
  updateTag({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.tags.patch(session, params.id, version, input);
  }

  @Operation({
    summary: 'Delete a tag; tasks keep the label',
    kind: 'delete',
    permission: 'tasks:write',
    params: ById,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'DELETE /tags/{id}',
    graphql: 'deleteTag',
  })
  deleteTag({ session, params, version }: Call<ById>): Promise<void> {
    return this.tags.remove(session, params.id, version);
  }
}
