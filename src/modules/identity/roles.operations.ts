import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { NewRole, Role, RolePatch } from './role.dto.js';
import { roleListRules } from './role.rules.js';
import { RolesService } from './roles.service.js';

@Operations('identity')
export class RolesOperations {
  constructor(private readonly roles: RolesService) {}

  @Operation({
    summary: 'List the roles',
    kind: 'list',
    permission: 'signed-in',
    list: roleListRules,
    returns: [Role],
    rest: 'GET /roles',
    graphql: 'roles',
  })
  listRoles({ session, list }: ListCall): Promise<ListPage> {
    return this.roles.list(session, list);
  }

  @Operation({
    summary: 'Create a role (admins)',
    description: 'It gives permissions that you have and that exist.',
    kind: 'create',
    permission: '*',
    input: NewRole,
    returns: Role,
    faults: ['ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: { route: 'POST /roles', location: ({ id }) => `/roles/${id}` },
    graphql: 'createRole',
  })
  createRole({ session, input }: Call): Promise<Result> {
    return this.roles.create(session, input);
  }

  @Operation({
    summary: 'Get a role',
    kind: 'read',
    permission: 'signed-in',
    params: ById,
    returns: Role,
    versioned: true,
    faults: ['NOT_FOUND'],
    rest: 'GET /roles/{id}',
    graphql: 'role',
  })
  getRole({ session, params }: Call<ById>): Promise<Result> {
    return this.roles.get(session, params.id);
  }

  @Operation({
    summary: 'Change a role (JSON merge patch; admins)',
    description:
      'Its users have what it says with their next request, and on open connections. A built-in role keeps its name and the permissions that it came with; nobody disables the own role or takes * from it.',
    kind: 'update',
    permission: '*',
    params: ById,
    input: RolePatch,
    returns: Role,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: 'PATCH /roles/{id}',
    graphql: 'updateRole',
  })
  updateRole({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.roles.patch(session, params.id, version, input);
  }

  @Operation({
    summary: 'Delete a role that nobody has (admins)',
    description: 'Built-in roles stay.',
    kind: 'delete',
    permission: '*',
    params: ById,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'IN_USE', 'RULE_VIOLATED'],
    rest: 'DELETE /roles/{id}',
    graphql: 'deleteRole',
  })
  deleteRole({ session, params, version }: Call<ById>): Promise<void> {
    return this.roles.remove(session, params.id, version);
  }
}
