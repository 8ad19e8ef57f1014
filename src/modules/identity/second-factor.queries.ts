import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

export interface SealedSecret {
  readonly sealed: Buffer;
}

/** No row: logins of this user need no second factor. */
export function findSecondFactor(userId: string): Statement<SealedSecret> {
  return statement('identity.find_second_factor', 'select sealed_secret as sealed from app.find_second_factor($1)', [
    userId,
  ]);
}

/** Uses up a step of the clock, or else a recovery code. */
export function useSecondFactor(
  userId: string,
  step: number | null,
  recoveryHash: Buffer,
): Statement<{ isUsed: boolean }> {
  return statement('identity.use_second_factor', 'select app.use_second_factor($1, $2, $3) as "isUsed"', [
    userId,
    step,
    recoveryHash,
  ]);
}

export function startSecondFactor(sealed: Buffer): Statement<{ isStarted: boolean }> {
  return statement('identity.start_second_factor', 'select app.start_second_factor($1) as "isStarted"', [sealed]);
}

export function findNewSecondFactor(): Statement<SealedSecret> {
  return statement(
    'identity.find_new_second_factor',
    'select sealed_secret as sealed from app.find_new_second_factor()',
  );
}

export function confirmSecondFactor(step: number): Statement<{ isConfirmed: boolean }> {
  return statement('identity.confirm_second_factor', 'select app.confirm_second_factor($1) as "isConfirmed"', [step]);
}

export function replaceRecoveryCodes(hashes: readonly Buffer[]): Statement<{ areReplaced: boolean }> {
  return statement('identity.replace_recovery_codes', 'select app.replace_recovery_codes($1) as "areReplaced"', [
    hashes,
  ]);
}

export function removeSecondFactor(userId: string): Statement<{ isRemoved: boolean }> {
  return statement('identity.remove_second_factor', 'select app.remove_second_factor($1) as "isRemoved"', [userId]);
}
