import { invalid, ruleViolated } from '../../platform/faults/fault.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { validated } from '../../platform/schema/validate.js';
import { NewUserIdentity, UserIdentity } from './user-identity.dto.js';

export const identityListRules: ListRules = { shape: UserIdentity, defaultSort: '-createdAt', searchable: false };

/** Client ids of Cloudflare's service tokens look like this. */
const CLIENT_ID = /^[0-9a-f]{32}\.access$/i;

/**
 * Reads an identity to link.
 * @param defaultIssuer the team of Cloudflare Access, if one is configured
 * @throws Fault VALIDATION_FAILED (no issuer anywhere), RULE_VIOLATED (a client id where its subject is meant)
 */
export function newIdentity(body: unknown, defaultIssuer: string | undefined): { issuer: string; subject: string } {
  const { subject, issuer = defaultIssuer } = validated(NewUserIdentity, body);
  if (issuer === undefined) {
    const message = 'issuer is needed, because no team of Cloudflare Access is configured';
    throw invalid([{ path: 'issuer', message, code: 'REQUIRED' }]);
  }
  if (CLIENT_ID.test(subject)) {
    const message = `This is the client id of a service token: its subject is service-token:${subject}.`;
    throw ruleViolated([{ path: 'subject', message, code: 'RULE_VIOLATED' }]);
  }
  return { issuer, subject };
}
