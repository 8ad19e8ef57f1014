import { Global, Module } from '@nestjs/common';
import { AccessTokens } from './access-token.js';
import { Authenticator } from './authenticator.js';
import { KeyUse } from './key-use.js';

/** Turns API keys and access tokens into identities. */
@Global()
@Module({ providers: [AccessTokens, Authenticator, KeyUse], exports: [AccessTokens, Authenticator] })
export class CredentialsModule {}
