import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/auth/permission.js';
import { openSession } from '../../platform/http/access.guard.js';
import { Answer } from '../../platform/http/answer.js';
import { Describe } from '../../platform/http/describe.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { HttpOnly } from '../../platform/operations/operation.js';
import { BODY, infoOf, refuseParameters } from '../../platform/http/public-route.js';
import { AcceptedInvite, InviteAcceptance } from './invite.dto.js';
import { InviteAcceptanceService } from './invite-acceptance.service.js';

@ApiTags('invites')
@Controller('auth/invite')
export class InviteAcceptanceController {
  constructor(private readonly acceptance: InviteAcceptanceService) {}

  @Post('accept')
  @HttpOnly('cookie')
  @Public()
  @ApiBody({ type: InviteAcceptance })
  @Describe({
    summary: 'Accept an invitation: with a credential for its user, else with a new account',
    status: 201,
    returns: AcceptedInvite,
    open: true,
    faults: [...BODY, 'FORBIDDEN', 'RULE_VIOLATED', 'UNAUTHENTICATED'],
  })
  async accept(@Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    refuseParameters(request);
    const { identity, refusal } = request.state;
    // A credential that does not work is a mistake, not a wish for a second account.
    if (refusal) throw refusal;
    const { user, teamId, tokens } = identity
      ? await this.acceptance.accept(openSession(identity, request), body)
      : await this.acceptance.acceptAsNew(body, infoOf(request));
    const { token, refreshToken } = tokens ?? { token: null, refreshToken: null };
    const rest = JSON.stringify({ teamId, token, refreshToken });
    return new Answer(`{"user":${user},${rest.slice(1)}`, { message: 'Invitation accepted', status: 201 });
  }
}
