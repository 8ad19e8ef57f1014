import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { Language } from '../../platform/mail/mail.js';

/** An account to make. */
export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly language: Language;
}

/** A null id: the address has an account. */
export function signUp(
  { email, name, passwordHash, language }: NewAccount,
  tokenHash: Buffer,
  sealedMail: string,
): Statement<{ id: string | null }> {
  return statement('identity.sign_up', 'select app.sign_up($1, $2, $3, $4, $5, $6) as id', [
    email,
    name,
    passwordHash,
    language,
    tokenHash,
    sealedMail,
  ]);
}

export function verifyEmail(tokenHash: Buffer): Statement<{ isVerified: boolean }> {
  return statement('identity.verify_email', 'select app.verify_email($1) as "isVerified"', [tokenHash]);
}

/** `isSent` is false if the address is verified, or the last mail is less than a minute old. */
export function requestVerification(tokenHash: Buffer, sealedMail: string): Statement<{ isSent: boolean }> {
  return statement('identity.request_verification', 'select app.request_verification($1, $2) as "isSent"', [
    tokenHash,
    sealedMail,
  ]);
}

/** No row: there is no such account, or the last mail is less than a minute old. */
export function startPasswordReset(
  email: string,
  tokenHash: Buffer,
): Statement<{ email: string; name: string; language: Language }> {
  return statement(
    'identity.start_password_reset',
    'select email, name, language from app.start_password_reset($1, $2)',
    [email, tokenHash],
  );
}

/** Whose token it is; no row if it is not valid. */
export function findResetToken(tokenHash: Buffer): Statement<{ email: string; name: string; language: Language }> {
  return statement(
    'identity.find_reset_token',
    `select email, name, language from app.find_mail_token('reset_password', $1)`,
    [tokenHash],
  );
}

export function resetPassword(
  tokenHash: Buffer,
  passwordHash: string,
  sealedMail: string,
): Statement<{ isReset: boolean }> {
  return statement('identity.reset_password', 'select app.reset_password($1, $2, $3) as "isReset"', [
    tokenHash,
    passwordHash,
    sealedMail,
  ]);
}
