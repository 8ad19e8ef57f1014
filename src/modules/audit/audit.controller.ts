import { Controller, Get, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentSession, SignedIn } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { Answer } from '../../platform/http/answer.js';
import { Describe } from '../../platform/http/describe.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { listAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { AuditEntry } from './audit.dto.js';
import { auditListRules } from './audit.rules.js';
import { AuditService } from './audit.service.js';

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  // Which permission it takes depends on the session: an admin needs audit:read, who manages a team a whole credential.
  @Get()
  @SignedIn()
  @Describe({
    summary: 'List the audit trail of the teams that you manage',
    description:
      'One entry for each record that was inserted, changed or deleted. An admin sees the entries of every team and of what belongs to none, such as users and keys. A key with scopes is refused, unless it is an admin’s with `audit:read`.',
    list: auditListRules,
    returns: [AuditEntry],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.audit.list(session, parseList(auditListRules, request.query)));
  }
}
