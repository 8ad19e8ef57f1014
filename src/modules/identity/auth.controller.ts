import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/auth/permission.js';
import type { RequestInfo } from '../../platform/auth/session.js';
import type { FaultCode } from '../../platform/faults/catalogue.js';
import { invalid } from '../../platform/faults/fault.js';
import { Answer } from '../../platform/http/answer.js';
import { Describe } from '../../platform/http/describe.js';
import { HttpOnly } from '../../platform/operations/operation.js';
import { unknownParameters } from '../../platform/http/request-parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { LoggedIn, Login, RefreshToken, Tokens } from './identity.dto.js';
import { LoginService } from './login.service.js';

const BODY: readonly FaultCode[] = ['MALFORMED_BODY', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'OVERLOADED'];

/** Refuses every parameter, even `dryRun`: the answers of these routes are their effect. */
function refuseParameters(request: ApiRequest): void {
  const problems = unknownParameters(request.query as Record<string, unknown>, () => false);
  if (problems.length > 0) throw invalid(problems);
}

function infoOf(request: ApiRequest): RequestInfo {
  const userAgent = request.headers['user-agent']?.slice(0, 500) ?? null;
  return { id: request.state.requestId, ip: request.ip, userAgent };
}

@ApiTags('identity')
@Controller('auth')
export class AuthController {
  constructor(private readonly logins: LoginService) {}

  @Post('login')
  @HttpOnly('cookie')
  @HttpCode(200)
  @Public()
  @ApiBody({ type: Login })
  @Describe({
    summary: 'Sign in with e-mail and password',
    description: 'Ten wrong passwords lock an address for 15 minutes, whether it has an account or not.',
    returns: LoggedIn,
    open: true,
    faults: [...BODY, 'INVALID_CREDENTIALS', 'ACCOUNT_LOCKED'],
  })
  async login(@Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    refuseParameters(request);
    const { user, token, refreshToken } = await this.logins.login(body, infoOf(request));
    const tokens = JSON.stringify({ token, refreshToken });
    return new Answer(`{"user":${user},${tokens.slice(1)}`, { message: 'Signed in' });
  }

  @Post('refresh')
  @HttpOnly('cookie')
  @HttpCode(200)
  @Public()
  @ApiBody({ type: RefreshToken })
  @Describe({
    summary: 'Exchange a refresh token for the next pair of tokens',
    description:
      'Each refresh token works once, within seven days; a login lasts thirty. The use of an earlier token ends the session, because somebody else has it. Of requests with one token at the same moment, one succeeds and the session goes on.',
    returns: Tokens,
    open: true,
    faults: [...BODY, 'UNAUTHENTICATED'],
  })
  async refresh(@Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    refuseParameters(request);
    return Answer.of(await this.logins.refresh(body), { message: 'Tokens renewed' });
  }

  @Post('logout')
  @HttpOnly('cookie')
  @HttpCode(204)
  @Public()
  @ApiBody({ type: RefreshToken })
  @Describe({
    summary: 'End the session of a refresh token; its access tokens end with it',
    status: 204,
    open: true,
    faults: BODY,
  })
  async logout(@Req() request: ApiRequest, @Body() body: unknown): Promise<void> {
    refuseParameters(request);
    await this.logins.logout(body);
  }
}
