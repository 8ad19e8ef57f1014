import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { validated } from '../../platform/schema/validate.js';
import { MePatch } from './identity.dto.js';
import { getMe, setOwnSettings } from './profile.queries.js';

/** What users see and change of themselves. */
@Injectable()
export class ProfileService {
  constructor(private readonly database: Database) {}

  /** The user of the session as JSON text. */
  async get(session: Session): Promise<string> {
    // Reads from the primary, because a replica may not have the new session yet.
    return dataOf(await this.database.command(session, getMe()));
  }

  /** @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential), RULE_VIOLATED (not a member of the team) */
  async patch(session: Session, body: unknown): Promise<string> {
    const patch = validated(MePatch, body);
    requireUnrestrictedCredential(session, 'change the settings of its owner');
    return this.database.write(session, async (tx) => {
      const changes = Object.keys(patch).length > 0;
      if (changes && !(await setOwnSettings(tx, session.userId, patch))) throw new Fault('FORBIDDEN');
      return dataOf(await tx.run(getMe()));
    });
  }
}

function dataOf([me]: readonly { readonly data: string }[]): string {
  if (!me) throw new Fault('NOT_FOUND');
  return me.data;
}
