import type { PersonalTable } from './personal-table.js';
import { recordsOfPeople } from './personal-records.js';
import { actor, fact, factHidden, kept, own, ownHidden, text, textHidden } from './personal-table.js';

const ACCOUNT = 'Until the account is erased.';
const TEAM = 'Until the team deletes it, or with the personal team.';
const BY_USER = 't.user_id = p_user';
const BY_CREATOR = 't.created_by = p_user';
const NONE = 'false';
const ID = 'Identifies the row.';
const TIMES = 'Order and change detection.';
const WRITTEN = 'What people wrote.';

/**
 * Every column of every table that holds data of people: why it is there, how long, whether the person gets a copy and what
 * erasure does with it. `npm run generate` makes docs/personal-data.md, the function of the export and the list of texts that
 * erasure goes through from it. A test compares it with the catalogue, so a new column fails until it is here.
 */
export const personalData: Readonly<Record<string, PersonalTable>> = {
  ...recordsOfPeople,
  users: {
    about: 'Accounts.',
    retention: ACCOUNT,
    rows: 't.id = p_user',
    classes: [
      own('id', ID),
      own('username email name', 'To log in, to be addressed, and to be recognised by team mates.'),
      own('email_verified is_self_registered', 'Whether the address is known to be theirs.'),
      ownHidden('password_hash', 'To check the password.'),
      own('role_id is_active kind owner_id', 'What they may do; of service accounts, whose they are.'),
      own('last_login_at login_attempts locked_until', 'To notice and stop foreign logins.'),
      own('default_team_id language time_zone', 'Settings.'),
      own('metadata', 'Data of their own.'),
      own('version created_at updated_at', TIMES),
    ],
  },
  api_keys: {
    about: 'Keys of programs.',
    retention: ACCOUNT,
    rows: BY_USER,
    classes: [
      own('id user_id', ID),
      own('name prefix', 'To recognise the key.'),
      ownHidden('key_hash', 'To check the key.'),
      own('scopes project_team_id project_key allowed_networks', 'What the key may do.'),
      own('expires_at last_used_at revoked_at rotated_from', 'To notice unused and stolen keys.'),
      own('created_at updated_at version', TIMES),
    ],
  },
  sessions: {
    about: 'Logins.',
    retention: 'Seven days after the last use.',
    rows: BY_USER,
    classes: [
      own('id user_id', ID),
      ownHidden('refresh_hash previous_refresh_hash token_hash family_hash', 'To check tokens.'),
      own('ip_address user_agent', 'To recognise foreign logins.'),
      own('scopes identity_id oauth_grant_id resource', 'What the login may do, and who vouched for it.'),
      own('expires_at revoked_at created_at updated_at', 'When the login ends.'),
    ],
  },
  user_identities: {
    about: 'By which subject other issuers know people.',
    retention: 'Until it is removed or the account is erased.',
    rows: BY_USER,
    classes: [own('id user_id created_at', ID), own('issuer subject email', 'To sign in with another issuer.')],
  },
  oauth_grants: {
    about: 'What people have allowed to OAuth clients.',
    retention: 'Until it expires.',
    rows: BY_USER,
    classes: [
      own('id user_id', ID),
      own('client_id client_name resource scopes', 'Which client may do what.'),
      own('expires_at last_used_at revoked_at created_at updated_at', 'How long, and whether it is used.'),
    ],
  },
  oauth_records: {
    about: 'Sealed steps of OAuth.',
    retention: 'Until they expire.',
    rows: NONE,
    classes: [
      ownHidden('kind id_hash lookup_hash grant_id payload', 'To check codes and tokens.'),
      ownHidden('claimed_at consumed_at settled_at expires_at created_at updated_at', 'Single use.'),
    ],
  },
  second_factors: {
    about: 'Second factors of logins.',
    retention: 'Until it is removed or the account is erased.',
    rows: BY_USER,
    classes: [
      own('user_id confirmed_at created_at updated_at', 'Since when logins ask for it.'),
      ownHidden('sealed_secret last_step', 'To check codes.'),
    ],
  },
  recovery_codes: {
    about: 'Codes that replace the second factor.',
    retention: 'Until use, or with the second factor.',
    rows: BY_USER,
    classes: [own('user_id created_at', 'How many there are.'), ownHidden('code_hash', 'To check codes.')],
  },
  ingest_keys: {
    about: 'Keys of projects that only report.',
    retention: TEAM,
    rows: BY_CREATOR,
    classes: [
      fact('id team_id project_key prefix', ID),
      text('name', WRITTEN),
      factHidden('key_hash', 'To check the key.'),
      fact('allowed_origins requests_per_minute', 'What the key may do.'),
      actor('created_by', 'Who made it.'),
      fact('expires_at last_used_at revoked_at version created_at updated_at', TIMES),
    ],
  },
  mail_tokens: {
    about: 'Links that were mailed.',
    retention: 'Three days, or until use.',
    rows: BY_USER,
    classes: [
      own('id user_id', ID),
      own('purpose email expires_at created_at updated_at', 'To verify an address and to reset a password.'),
      ownHidden('token_hash', 'To check the link.'),
    ],
  },
  idempotency_keys: {
    about: 'Answers that a repeated request gets again.',
    retention: '24 hours.',
    rows: BY_USER,
    classes: [
      own('user_id key created_at expires_at', 'To recognise a repeated request.'),
      ownHidden('fingerprint status headers body', 'The answer; it may hold a key that is shown once.'),
    ],
  },
  consents: {
    about: 'What people agreed to.',
    retention: ACCOUNT,
    rows: BY_USER,
    classes: [
      own('id user_id', ID),
      own('purpose version is_given created_at', 'To show that they agreed, and to what.'),
    ],
  },
  team_members: {
    about: 'Who is a member of which team.',
    retention: 'As long as the membership.',
    rows: BY_USER,
    classes: [own('team_id user_id role sponsor_id joined_at version', 'Who may see and do what in a team.')],
  },
  invites: {
    about: 'Invitations by e-mail.',
    retention: TEAM,
    rows: `(t.created_by = p_user or t.accepted_by = p_user
    or lower(t.email) = (select lower(u.email) from public.users u where u.id = p_user and u.email_verified))`,
    classes: [
      own('id email', 'Where the invitation went. Those to the address of the person go with the account.'),
      factHidden('token_hash', 'To check the link.'),
      fact('team_id role user_role_id', 'What the invitation is to.'),
      actor('created_by accepted_by', 'Who invited and who accepted.'),
      fact('expires_at sent_at accepted_at revoked_at version created_at updated_at', TIMES),
    ],
  },
  teams: {
    about: 'Teams. The personal team, and those without other members, go with the account.',
    retention: TEAM,
    rows: 't.id in (select m.team_id from public.team_members m where m.user_id = p_user)',
    classes: [
      fact('id is_personal', ID),
      text('name description metadata', WRITTEN),
      kept('owner_id', 'Who owns the team.', 'Another owner takes the place of the person.'),
      fact('version created_at updated_at', TIMES),
    ],
  },
  projects: {
    about: 'Projects of teams.',
    retention: TEAM,
    rows: BY_CREATOR,
    classes: [
      fact('id team_id project_key settings', ID),
      text('name description metadata', WRITTEN),
      actor('created_by', 'Who made it.'),
      fact('version created_at updated_at deleted_at', TIMES),
    ],
  },
  tags: {
    about: 'Labels of teams.',
    retention: TEAM,
    rows: NONE,
    classes: [
      factHidden('id team_id color version created_at updated_at', ID),
      textHidden('name', 'The label. It has no author.'),
    ],
  },
  tasks: {
    about: 'Tasks of teams.',
    retention: TEAM,
    rows: '(t.created_by = p_user or t.assignee_id = p_user)',
    classes: [
      fact('id team_id project_key list ref parent_task_id', ID),
      text('title description details test_strategy', WRITTEN),
      text('affected_files requirements acceptance_criteria tags metadata', WRITTEN),
      textHidden('source', 'The task as its file had it, to export it unchanged.'),
      actor('created_by assignee_id', 'Who made the task, and who does it.'),
      text('assigned_to', 'Who does it, in words.'),
      fact('type status stage priority complexity_score estimated_hours actual_hours', 'What is to be done.'),
      fact('due_date remind_at recurrence_pattern recurrence_interval next_occurrence', 'When it is to be done.'),
      factHidden('next_child search dependency_count open_dependencies ref_path', 'Derived.'),
      fact('version created_at updated_at started_at completed_at deleted_at', TIMES),
    ],
  },
  task_lists: {
    about: 'Lists of projects.',
    retention: TEAM,
    rows: NONE,
    classes: [
      factHidden('team_id project_key list next_ref position created_at updated_at', ID),
      textHidden('metadata source', 'What the imported file said of the list.'),
    ],
  },
  task_exchanges: {
    about: 'What was last exchanged with a file.',
    retention: TEAM,
    rows: NONE,
    classes: [
      factHidden('id team_id project_key list source direction digest exchanged_at', 'To merge the next import.'),
      textHidden('tasks', 'The tasks as they were exchanged.'),
    ],
  },
  task_dependencies: {
    about: 'Which task waits for which.',
    retention: TEAM,
    rows: BY_CREATOR,
    classes: [fact('team_id parent_task_id child_task_id created_at version', ID), actor('created_by', 'Who said so.')],
  },
  task_contexts: {
    about: 'What agents and people noted on tasks.',
    retention: TEAM,
    rows: BY_CREATOR,
    classes: [
      fact('id team_id task_id context_type version created_at updated_at', ID),
      text('context_data', WRITTEN),
      actor('created_by', 'Who noted it.'),
    ],
  },
  task_comments: {
    about: 'Comments on tasks.',
    retention: TEAM,
    rows: BY_USER,
    classes: [
      fact('id team_id task_id edited version created_at updated_at', ID),
      text('content', WRITTEN),
      actor('user_id', 'Who wrote it.'),
    ],
  },
  task_leases: {
    about: 'Who works on which task.',
    retention: 'With the task; the next claim replaces it.',
    rows: 't.holder_id = p_user',
    classes: [
      fact('team_id task_id fence lease_seconds gave_assignee', ID),
      actor('holder_id', 'Who holds the task.'),
      kept('credential_id', 'With which key.', 'The key is gone, so its random identifier names nobody.'),
      fact('claimed_at heartbeat_at expires_at ended_at', TIMES),
    ],
  },
  task_flow: {
    about: 'Sums of what tasks did.',
    retention: TEAM,
    rows: NONE,
    classes: [
      factHidden('team_id grain moment project_key type priority from_status to_status n', 'Statistics.'),
      kept('assignee_id', 'Statistics by assignee.', 'A random identifier that names nobody once the account is gone.'),
    ],
  },
  task_flow_deltas: {
    about: 'What tasks did since it was last added up.',
    retention: 'Minutes.',
    rows: NONE,
    classes: [
      factHidden('team_id id project_key type priority moment from_status to_status n', 'Statistics.'),
      kept('assignee_id', 'Statistics by assignee.', 'A random identifier that names nobody once the account is gone.'),
    ],
  },
  workflow_states: {
    about: 'Steps of workflows of tasks.',
    retention: TEAM,
    rows: NONE,
    classes: [
      factHidden('id team_id task_id workflow_name step_name state', ID),
      textHidden('state_data', 'What programs noted.'),
      factHidden('started_at completed_at version created_at updated_at', TIMES),
    ],
  },
};
