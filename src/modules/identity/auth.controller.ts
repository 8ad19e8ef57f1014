import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/auth/permission.js';
import { Answer } from '../../platform/http/answer.js';
import { Describe } from '../../platform/http/describe.js';
import { HttpOnly } from '../../platform/operations/operation.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { AccountsService } from './accounts.service.js';
import {
  EmailVerification,
  ForgottenPassword,
  LoggedIn,
  Login,
  PasswordReset,
  RefreshToken,
  SignUp,
  Tokens,
} from './identity.dto.js';
import type { LoggedInUser } from './login.service.js';
import { LoginService } from './login.service.js';
import { BODY, infoOf, refuseParameters } from '../../platform/http/public-route.js';

/** The user is JSON text from PostgreSQL. */
export function signedIn({ user, token, refreshToken }: LoggedInUser, options: Answer['options']): Answer {
  const tokens = JSON.stringify({ token, refreshToken });
  return new Answer(`{"user":${user},${tokens.slice(1)}`, options);
}

@ApiTags('identity')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly accounts: AccountsService,
  ) {}

  @Post('signup')
  @HttpOnly('cookie')
  @Public()
  @ApiBody({ type: SignUp })
  @Describe({
    summary: 'Make an account and sign in',
    description: 'Only where REGISTRATION is open. Elsewhere an invitation or an administrator makes accounts.',
    status: 201,
    returns: LoggedIn,
    open: true,
    faults: [...BODY, 'FORBIDDEN', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
  })
  async signUp(@Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    refuseParameters(request);
    return signedIn(await this.accounts.signUp(body, infoOf(request)), { message: 'Signed up', status: 201 });
  }

  @Post('verify-email')
  @HttpOnly('server-rendered page')
  @HttpCode(204)
  @Public()
  @ApiBody({ type: EmailVerification })
  @Describe({
    summary: 'Verify an e-mail address with the token of the mail',
    status: 204,
    open: true,
    faults: [...BODY, 'RULE_VIOLATED'],
  })
  async verifyEmail(@Req() request: ApiRequest, @Body() body: unknown): Promise<void> {
    refuseParameters(request);
    await this.accounts.verifyEmail(body);
  }

  @Post('password/forgot')
  @HttpOnly('server-rendered page')
  @HttpCode(204)
  @Public()
  @ApiBody({ type: ForgottenPassword })
  @Describe({
    summary: 'Have a link mailed that resets a forgotten password',
    description: 'The answer is the same whether or not the address has an account. An account gets one mail a minute.',
    status: 204,
    open: true,
    faults: BODY,
  })
  async forgotPassword(@Req() request: ApiRequest, @Body() body: unknown): Promise<void> {
    refuseParameters(request);
    await this.accounts.forgotPassword(body);
  }

  @Post('password/reset')
  @HttpOnly('server-rendered page')
  @HttpCode(204)
  @Public()
  @ApiBody({ type: PasswordReset })
  @Describe({
    summary: 'Choose a new password with the token of the mail; it ends every login session',
    status: 204,
    open: true,
    faults: [...BODY, 'RULE_VIOLATED'],
  })
  async resetPassword(@Req() request: ApiRequest, @Body() body: unknown): Promise<void> {
    refuseParameters(request);
    await this.accounts.resetPassword(body);
  }

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
    faults: [...BODY, 'INVALID_CREDENTIALS', 'SECOND_FACTOR_REQUIRED', 'ACCOUNT_LOCKED'],
  })
  async login(@Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    refuseParameters(request);
    return signedIn(await this.logins.login(body, infoOf(request)), { message: 'Signed in' });
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
