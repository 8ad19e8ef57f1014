import { Global, Module } from '@nestjs/common';
import { AccessTokens } from './access-token.js';
import { Authenticator } from './authenticator.js';
import { CloudflareAccess } from './cloudflare-access.js';
import { KeyUse } from './key-use.js';
import { RefreshTokens } from './refresh-tokens.js';

/** Turns API keys, access tokens and the tokens of the edge into identities. */
@Global()
@Module({
  providers: [AccessTokens, Authenticator, CloudflareAccess, KeyUse, RefreshTokens],
  exports: [AccessTokens, Authenticator, CloudflareAccess, RefreshTokens],
})
export class CredentialsModule {}
