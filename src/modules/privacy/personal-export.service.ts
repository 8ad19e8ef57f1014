import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import type { PersonalExportParameters } from './personal-export.dto.js';
import { exportPerson } from './personal-export.queries.js';

/** Gives people a copy of what the service holds of them (Art. 15 and 20 GDPR). */
@Injectable()
export class PersonalExport {
  constructor(private readonly database: Database) {}

  /** A JSON document. @throws Fault FORBIDDEN (a credential with scopes) */
  async export(session: Session, { table, limit, offset }: PersonalExportParameters): Promise<string> {
    requireUnrestrictedCredential(session, 'export the data of its owner');
    const found = await this.database.search(session, exportPerson(table ?? null, limit, offset));
    const tables = found.map(({ name, total, rows }) => `${JSON.stringify(name)}:{"total":${total},"rows":${rows}}`);
    const head = JSON.stringify({ exportedAt: new Date().toISOString(), userId: session.userId, limit, offset });
    return `${head.slice(0, -1)},"tables":{${tables.join(',')}}}`;
  }
}
