import { expect } from '@jest/globals';
import { hashPassword } from '../../../src/modules/identity/passwords.js';
import { Client } from '../../support/client.js';
import type { ParityCase } from './case.js';
import type { World } from './world.js';

async function team(w: World): Promise<string> {
  return (await w.of(w.rest.post<{ id: string }>('/teams', { name: w.word() }))).id;
}

/** A team of ada's with bob as a member. */
async function membership(w: World): Promise<{ id: string; userId: string }> {
  const [id, userId] = [await team(w), w.people.bob.id];
  await w.of(new Client(w.app.url, w.people.admin).post(`/teams/${id}/members`, { userId }));
  return { id, userId };
}

async function apiKey(w: World): Promise<string> {
  return (await w.of(w.rest.post<{ id: string }>('/api-keys', { name: w.word() }))).id;
}

async function identity(w: World, userId: string): Promise<string> {
  const body = { issuer: `https://${w.word()}.example`, subject: 'service-token:ci.access' };
  return (await w.of(new Client(w.app.url, w.people.admin).post<{ id: string }>(`/users/${userId}/identities`, body)))
    .id;
}

async function agent(w: World): Promise<string> {
  return (await w.of(w.rest.post<{ id: string }>('/service-accounts', { handle: w.word(), name: 'Agent' }))).id;
}

async function ingestKey(w: World): Promise<{ id: string; key: string }> {
  const key = await w.project();
  const { id } = await w.of(
    w.rest.post<{ id: string }>(`/projects/${key}/ingest-keys?teamId=${w.team}`, { name: w.word() }),
  );
  return { id, key };
}

async function role(w: World): Promise<string> {
  const admin = new Client(w.app.url, w.people.admin);
  return (await w.of(admin.post<{ id: string }>('/roles', { name: w.word(), permissions: ['tasks:read'] }))).id;
}

/** Uses of teams, users, roles and API keys that succeed. */
export const validIdentity: readonly ParityCase[] = [
  {
    name: 'erases a user',
    who: 'admin',
    does: async (w) => ({ operation: 'deleteUser', params: { id: (await w.app.user('viewer', w.word())).id } }),
    code: 'OK',
  },
  {
    name: 'gives and withdraws a consent',
    who: 'bob',
    does: (w) => {
      const purpose = w.word();
      return [
        { operation: 'giveConsent', input: { purpose, version: '1' } },
        { operation: 'withdrawConsent', params: { purpose } },
        { operation: 'listConsents', list: { purpose } },
      ];
    },
    code: 'OK',
    answers: [{ isGiven: false }, { isGiven: true }],
  },
  {
    name: 'tries what erasing oneself would do',
    who: 'bob',
    does: () => ({ operation: 'deleteMe', input: {}, dryRun: true }),
    code: 'OK',
  },
  {
    name: 'lists teams',
    who: 'viewer',
    does: (w) => ({ operation: 'listTeams', list: { id: w.team } }),
    code: 'OK',
    answers: [{ isPersonal: false }],
  },
  {
    name: 'reads a team',
    who: 'viewer',
    does: (w) => ({ operation: 'getTeam', params: { id: w.team } }),
    code: 'OK',
    answers: { isPersonal: false },
  },
  {
    name: 'changes a team',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateTeam',
      params: { id: await team(w) },
      input: { description: 'changed' },
      version: 1,
    }),
    code: 'OK',
    answers: { description: 'changed', version: 2 },
  },
  {
    name: 'deletes a team',
    who: 'ada',
    does: async (w) => {
      const id = await team(w);
      return [
        { operation: 'deleteTeam', params: { id } },
        { operation: 'listTeams', list: { id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'creates a task in a team',
    who: 'bob',
    does: (w) => ({ operation: 'createTeamTask', params: { id: w.team }, input: { title: 'of the team' } }),
    code: 'OK',
    answers: { title: 'of the team', version: 1 },
  },
  {
    name: 'lists the tasks of a team',
    who: 'viewer',
    does: async (w) => {
      const type = w.word();
      await w.task({ type });
      return { operation: 'listTeamTasks', params: { id: w.team }, list: { type } };
    },
    code: 'OK',
    answers: [{ version: 1 }],
  },
  {
    name: 'lists the members of a team',
    who: 'viewer',
    does: (w) => ({ operation: 'listTeamMembers', params: { id: w.team }, list: { userId: w.people.bob.id } }),
    code: 'OK',
    answers: [{ username: 'bob' }],
  },
  {
    name: 'reads a member',
    who: 'viewer',
    does: (w) => ({ operation: 'getTeamMember', params: { id: w.team, userId: w.people.bob.id } }),
    code: 'OK',
    answers: { username: 'bob', version: 1 },
  },
  {
    name: 'adds a member',
    who: 'admin',
    does: async (w) => ({
      operation: 'addTeamMember',
      params: { id: await team(w) },
      input: { userId: w.people.bob.id },
    }),
    code: 'OK',
    answers: { username: 'bob', role: 'member' },
  },
  {
    name: 'changes the role of a member',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateTeamMember',
      params: await membership(w),
      input: { role: 'admin' },
      version: 1,
    }),
    code: 'OK',
    answers: { username: 'bob', role: 'admin', version: 2 },
  },
  {
    name: 'removes a member',
    who: 'ada',
    does: async (w) => {
      const member = await membership(w);
      return [
        { operation: 'removeTeamMember', params: member, version: 1 },
        { operation: 'listTeamMembers', params: { id: member.id }, list: { userId: w.people.bob.id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'leaves a team',
    who: 'viewer',
    does: async (w) => {
      const [id, userId] = [await w.app.team(w.people.ada, w.people.viewer), w.people.viewer.id];
      return [
        { operation: 'removeTeamMember', params: { id, userId }, version: 1 },
        { operation: 'listTeams', list: { id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'chooses a default team',
    who: 'robot',
    does: (w) => ({ operation: 'updateMe', input: { defaultTeamId: w.team } }),
    code: 'OK',
    answers: { username: 'robot', role: 'api_client' },
  },
  {
    name: 'changes its own password',
    who: 'robot',
    does: async (w) => {
      const currentPassword = 'a walk beside the river';
      const hash = await hashPassword(currentPassword);
      await w.app.sql('update public.users set password_hash = $2 where id = $1', [w.people.robot.id, hash]);
      return { operation: 'changePassword', input: { currentPassword, newPassword: 'a longer walk beside it' } };
    },
    code: 'OK',
  },
  {
    name: 'binds a key to a project',
    who: 'ada',
    does: async (w) => ({
      operation: 'createApiKey',
      input: { name: w.word(), projectKey: await w.project(), teamId: w.team },
    }),
    code: 'OK',
    answers: { key: expect.any(String), projectKey: expect.any(String) },
  },
  {
    name: 'creates a user',
    who: 'admin',
    does: (w) => ({ operation: 'createUser', input: { email: `${w.word()}@example.test`, name: 'Somebody' } }),
    code: 'OK',
    answers: { name: 'Somebody', isActive: true },
  },
  {
    name: 'reads a team mate',
    who: 'bob',
    does: (w) => ({ operation: 'getUser', params: { id: w.people.ada.id } }),
    code: 'OK',
    answers: { username: 'ada' },
  },
  {
    name: 'changes its own name',
    who: 'bob',
    does: (w) => ({ operation: 'updateUser', params: { id: w.people.bob.id }, input: { name: 'Robert' } }),
    code: 'OK',
    answers: { name: 'Robert' },
  },
  {
    name: 'lists its own identities',
    who: 'robot',
    does: async (w) => {
      const { id } = w.people.robot;
      return { operation: 'listUserIdentities', params: { id }, list: { id: await identity(w, id) } };
    },
    code: 'OK',
    answers: [{ subject: 'service-token:ci.access', email: null }],
  },
  {
    name: 'links an identity',
    who: 'admin',
    does: (w) => ({
      operation: 'linkUserIdentity',
      params: { id: w.people.robot.id },
      input: { issuer: `https://${w.word()}.example`, subject: 'somebody' },
    }),
    code: 'OK',
    answers: { subject: 'somebody', email: null },
  },
  {
    name: 'removes an identity',
    who: 'admin',
    does: async (w) => {
      const { id } = w.people.robot;
      const identityId = await identity(w, id);
      return [
        { operation: 'removeUserIdentity', params: { id, identityId } },
        { operation: 'listUserIdentities', params: { id }, list: { id: identityId } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'reads a role',
    who: 'viewer',
    does: async (w) => {
      const [role] = await w.of(w.rest.get<{ id: string }[]>('/roles?name=viewer'));
      return { operation: 'getRole', params: { id: role?.id } };
    },
    code: 'OK',
    answers: { name: 'viewer', version: 1 },
  },
  {
    name: 'lists the clients that it has allowed',
    who: 'ada',
    does: async (w) => ({ operation: 'listOauthGrants', list: { id: await w.oauthGrant() } }),
    code: 'OK',
    answers: [{ clientName: 'Client', scopes: ['tasks:read'], lastUsedAt: null }],
  },
  {
    name: 'revokes what it has allowed to a client',
    who: 'ada',
    does: async (w) => {
      const id = await w.oauthGrant();
      return [
        { operation: 'revokeOauthGrant', params: { id } },
        { operation: 'listOauthGrants', list: { id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'lists its keys',
    who: 'ada',
    does: async (w) => ({ operation: 'listApiKeys', list: { id: await apiKey(w) } }),
    code: 'OK',
    answers: [{ revokedAt: null }],
  },
  {
    name: 'reads a key',
    who: 'ada',
    does: async (w) => ({ operation: 'getApiKey', params: { id: await apiKey(w) } }),
    code: 'OK',
    answers: { revokedAt: null, version: 1 },
  },
  {
    name: 'rotates a key',
    who: 'ada',
    does: async (w) => ({ operation: 'rotateApiKey', params: { id: await apiKey(w) }, version: 1 }),
    code: 'OK',
    answers: { key: expect.any(String), rotatedFrom: expect.any(String), version: 1 },
  },
  {
    name: 'revokes a key',
    who: 'ada',
    does: async (w) => {
      const id = await apiKey(w);
      return [
        { operation: 'revokeApiKey', params: { id }, version: 1 },
        { operation: 'listApiKeys', list: { id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'creates a service account',
    who: 'ada',
    does: (w) => ({ operation: 'createServiceAccount', input: { handle: w.word(), name: 'Agent', teamIds: [w.team] } }),
    code: 'OK',
    answers: { name: 'Agent', role: 'developer', isActive: true, username: expect.stringMatching(/^ada\/parity-/) },
  },
  {
    name: 'lists service accounts',
    who: 'ada',
    does: async (w) => ({ operation: 'listServiceAccounts', list: { id: await agent(w) } }),
    code: 'OK',
    answers: [{ isActive: true }],
  },
  {
    name: 'reads a service account',
    who: 'ada',
    does: async (w) => ({ operation: 'getServiceAccount', params: { id: await agent(w) } }),
    code: 'OK',
    answers: { isActive: true, version: 1 },
  },
  {
    name: 'disables a service account and takes it out of its teams',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateServiceAccount',
      params: { id: await agent(w) },
      input: { isActive: false, teamIds: [] },
      version: 1,
    }),
    code: 'OK',
    answers: { isActive: false, teamIds: [], version: 2 },
  },
  {
    name: 'makes a key for a service account',
    who: 'ada',
    does: async (w) => ({
      operation: 'createApiKey',
      input: { name: w.word(), serviceAccountId: await agent(w), allowedNetworks: ['192.0.2.0/24'] },
    }),
    code: 'OK',
    answers: { key: expect.stringMatching(/^tmk_/), allowedNetworks: ['192.0.2.0/24'] },
  },
  {
    name: 'makes an ingest key',
    who: 'ada',
    does: async (w) => ({
      operation: 'createIngestKey',
      params: { key: await w.project(), teamId: w.team },
      input: { name: w.word(), allowedOrigins: ['https://app.example.com'], requestsPerMinute: 100 },
    }),
    code: 'OK',
    answers: {
      key: expect.stringMatching(/^tmi_/),
      allowedOrigins: ['https://app.example.com'],
      requestsPerMinute: 100,
    },
  },
  {
    name: 'lists ingest keys',
    who: 'ada',
    does: async (w) => {
      const { key } = await ingestKey(w);
      return { operation: 'listIngestKeys', params: { key, teamId: w.team } };
    },
    code: 'OK',
    answers: [{ revokedAt: null, allowedOrigins: [] }],
  },
  {
    name: 'reads an ingest key',
    who: 'ada',
    does: async (w) => ({ operation: 'getIngestKey', params: { id: (await ingestKey(w)).id } }),
    code: 'OK',
    answers: { revokedAt: null, version: 1 },
  },
  {
    name: 'changes an ingest key',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateIngestKey',
      params: { id: (await ingestKey(w)).id },
      input: { requestsPerMinute: 5, allowedOrigins: ['https://shop.example'] },
      version: 1,
    }),
    code: 'OK',
    answers: { requestsPerMinute: 5, allowedOrigins: ['https://shop.example'], version: 2 },
  },
  {
    name: 'revokes an ingest key',
    who: 'ada',
    does: async (w) => {
      const { id, key } = await ingestKey(w);
      return [
        { operation: 'revokeIngestKey', params: { id }, version: 1 },
        { operation: 'listIngestKeys', params: { key, teamId: w.team } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'creates a role',
    who: 'admin',
    does: (w) => ({ operation: 'createRole', input: { name: w.word(), permissions: ['errors:write'] } }),
    code: 'OK',
    answers: { permissions: ['errors:write'], isBuiltIn: false, isActive: true },
  },
  {
    name: 'changes a role',
    who: 'admin',
    does: async (w) => ({
      operation: 'updateRole',
      params: { id: await role(w) },
      input: { permissions: ['tasks:read', 'errors:read'], description: 'for watching' },
      version: 1,
    }),
    code: 'OK',
    answers: { permissions: ['tasks:read', 'errors:read'], description: 'for watching', version: 2 },
  },
  {
    name: 'deletes a role',
    who: 'admin',
    does: async (w) => {
      const id = await role(w);
      return [
        { operation: 'deleteRole', params: { id }, version: 1 },
        { operation: 'listRoles', list: { id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
];
