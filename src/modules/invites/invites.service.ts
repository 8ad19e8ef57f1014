import { Injectable } from '@nestjs/common';
import { allows } from '../../platform/auth/identity.js';
import type { Session } from '../../platform/auth/session.js';
import { newMailToken } from '../../platform/credentials/secrets.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import type { Language } from '../../platform/mail/mail.js';
import { MailQueue, queueJob } from '../../platform/mail/mail-queue.js';
import type { ListRequest, ListRules } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { validated } from '../../platform/schema/validate.js';
import { UsersService } from '../identity/users.service.js';
import { TaskPlaces } from '../tasks/task-places.service.js';
import { TeamsService } from '../teams/teams.service.js';
import { Invite, InviteRenewal, NewInvite } from './invite.dto.js';
import { inviteMail } from './invite-mail.js';
import type { InviteRow } from './invite.queries.js';
import { getInvite, getInviteNames, insertInvite, inviteSource, renewInvite, revokeInvite } from './invite.queries.js';

export const inviteListRules: ListRules = { shape: Invite, defaultSort: '-createdAt', searchable: false };

/** Invitations that those who manage a team send, repeat and revoke. */
@Injectable()
export class InvitesService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly teams: TeamsService,
    private readonly places: TaskPlaces,
    private readonly mails: MailQueue,
  ) {}

  /** @throws Fault NOT_FOUND (a team that the filter names) */
  async list(session: Session, request: ListRequest): Promise<ListPage> {
    const page = await runList(this.database, session, request, { ...inviteSource, allTeams: session.isAdmin });
    await this.places.requireNamedIn(session, page);
    return page;
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string, fields?: readonly string[]): Promise<InviteRow> {
    return found(await this.database.query(session, getInvite(id, fields)));
  }

  /**
   * @throws Fault VALIDATION_FAILED, NOT_FOUND (the team), FORBIDDEN, ALREADY_EXISTS (invited or a member already),
   * RULE_VIOLATED (a personal team, too many invitations, no such role)
   */
  async create(session: Session, body: unknown): Promise<InviteRow> {
    const { email, teamId = null, role = 'member', userRole, language = 'en' } = validated(NewInvite, body);
    await this.requireInviter(session, teamId, userRole);
    const { token, hash } = newMailToken();
    return this.database.write(session, async (tx) => {
      const userRoleId = userRole === undefined ? null : await this.users.roleIdOf(tx, userRole, 'userRole');
      const values = { email, teamId, role: teamId === null ? null : role, userRoleId };
      const [made] = await tx.run(insertInvite(values, hash));
      await this.mail(tx, { email, teamId, language, token });
      return found(await tx.run(getInvite(made?.id ?? '')));
    });
  }

  /**
   * Mails another link, for seven days; the earlier one stops working.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RULE_VIOLATED (accepted, revoked, or mailed less than a minute ago)
   */
  async resend(session: Session, id: string, body: unknown): Promise<InviteRow> {
    const { language = 'en' } = validated(InviteRenewal, body ?? {});
    const { teamId, email } = await this.get(session, id);
    await this.requireInviter(session, teamId);
    const { token, hash } = newMailToken();
    return this.database.write(session, async (tx) => {
      const [renewed] = await tx.run(renewInvite(id, hash));
      const row = found(await tx.run(getInvite(id)));
      if (!renewed) throw new Fault('RULE_VIOLATED', whyNotSent(row));
      await this.mail(tx, { email, teamId, language, token });
      return row;
    });
  }

  /** @throws Fault NOT_FOUND, FORBIDDEN, RULE_VIOLATED (accepted or revoked) */
  async revoke(session: Session, id: string): Promise<void> {
    const { teamId } = await this.get(session, id);
    await this.requireInviter(session, teamId);
    await this.database.write(session, async (tx) => {
      const [revoked] = await tx.run(revokeInvite(id));
      if (revoked) return;
      const { status } = found(await tx.run(getInvite(id)));
      throw new Fault('RULE_VIOLATED', `The invitation is ${status} already.`);
    });
  }

  private async requireInviter(session: Session, teamId: string | null, userRole?: string): Promise<void> {
    // An invited person gets more than the credential has: an account, or a membership without its scopes.
    requireUnrestrictedCredential(session, 'invite');
    const isAdmin = allows(session.permissions, '*');
    if (userRole !== undefined && !isAdmin) {
      throw new Fault('FORBIDDEN', 'Only administrators choose the role of the account.');
    }
    if (teamId === null) {
      if (!isAdmin) throw new Fault('FORBIDDEN', 'Only administrators invite to the service; name a team.');
      return;
    }
    const { manages } = await this.teams.rights(session, teamId);
    if (!manages) throw new Fault('FORBIDDEN', 'Only owners and admins of a team invite to it.');
  }

  private async mail(tx: Tx, { email, teamId, language, token }: MailedInvite): Promise<void> {
    const [names] = await tx.run(getInviteNames(teamId));
    const url = `${this.mails.publicUrl}/invite?code=${token}`;
    const text = inviteMail(language, names?.inviter ?? 'TaskMaster', names?.team ?? null, url);
    await tx.run(queueJob('send-mail', this.mails.seal('send-mail', { to: email, text })));
  }
}

interface MailedInvite {
  readonly email: string;
  readonly teamId: string | null;
  readonly language: Language;
  readonly token: string;
}

function whyNotSent({ status }: InviteRow): string {
  return status === 'accepted' || status === 'revoked'
    ? `The invitation is ${status} already.`
    : 'A mail was sent less than a minute ago.';
}

function found<Row>([row]: readonly Row[]): Row {
  if (!row) throw new Fault('NOT_FOUND', 'There is no such invitation.');
  return row;
}
