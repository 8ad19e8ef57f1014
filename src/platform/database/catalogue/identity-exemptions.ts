import type { Exemption } from './exemption.js';
import { granted, SESSIONS, WRITERS } from './exemption.js';

/** Functions of users, credentials, teams and what they own. */
export const identityExemptions: readonly Exemption[] = [
  {
    rule: 'R9',
    objects: [
      ...granted(['app.open_session(uuid, uuid, text, jsonb, text)'], ['tm_app_rw', 'tm_app_ro', 'tm_analytics']),
      ...granted(
        ['app.find_api_key(bytea)', 'app.find_key(bytea)', 'app.find_ingest_key(bytea)', 'app.find_session(uuid)'],
        ['tm_app_rw', 'tm_app_ro'],
      ),
      'app.find_login(text) to tm_app_rw',
      'app.record_failed_login(uuid, integer, interval) to tm_app_rw',
      'app.start_session(uuid, bytea, interval, inet, text, text) to tm_app_rw',
      'app.rotate_session(bytea, bytea) to tm_app_rw',
      'app.exchange_refresh_token(bytea, bytea, bytea) to tm_app_rw',
      'app.end_session(bytea) to tm_app_rw',
      'app.start_external_session(text, text, text, text, boolean, bytea, timestamp with time zone, text) to tm_app_rw',
      'app.create_first_admin(text, text, text, text, bytea) to tm_app_rw',
    ],
    reason:
      'There is no session yet: these exchange a secret for one and answer nothing without it, or do nothing once there is a user.',
  },
  {
    rule: 'R9',
    objects: granted(['app.set_own_password(text)'], WRITERS),
    reason:
      'Users may change no other column of their credentials; the function knows no user but that of the session.',
  },
  {
    rule: 'R9',
    objects: ['app.schema_version() to tm_app_ro', 'app.schema_version() to tm_admin'],
    reason: 'It answers one number that is the same for everybody: how new the schema is.',
  },
  {
    rule: 'R9',
    objects: granted(['app.create_team(text, text, jsonb)'], WRITERS),
    reason: 'A team and its first owner come at once; the function asks for tasks:write itself.',
  },
  {
    rule: 'R9',
    objects: granted(['app.leave_team(uuid)', 'app.hold_membership(uuid)'], WRITERS),
    reason: 'They end and lock the membership of the session alone, which a member without rights in the team may do.',
  },
  {
    rule: 'R9',
    objects: granted(['app.default_team_id()', 'app.bound_project()'], [...SESSIONS, 'tm_ingest']),
    reason: 'They answer what the user and the credential of the session have chosen, and read no row of others.',
  },
  {
    rule: 'R9',
    objects: granted(['app.owned_user_ids()'], SESSIONS),
    reason: 'It answers the user of the session and what this user owns; policies of users and their keys ask it.',
  },
  {
    rule: 'R9',
    objects: granted(
      ['app.create_agent(text, text, text, uuid[])', 'app.change_agent(uuid, integer, text, text, boolean, uuid[])'],
      WRITERS,
    ),
    reason:
      'A person makes and changes own service accounts, which no policy can let them do: such a row names a role. They ask for a person without scopes, and for the teams of the session.',
  },
  {
    rule: 'R9',
    objects: granted(['app.managed_team_ids()'], SESSIONS),
    reason:
      'It answers ids of teams of the session alone; policies ask it, and under its own policy it could not read.',
  },
];
