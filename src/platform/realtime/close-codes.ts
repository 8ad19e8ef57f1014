/**
 * Why the service closes a connection (RFC 6455 leaves 4000–4999 to applications). Codes are stable, because clients branch
 * on them. After `resume`, clients connect again and subscribe with their last cursor; nothing was lost.
 */
export const closeCodes = {
  RESTARTING: { code: 1012, reason: 'restarting', meaning: 'This instance stops. Connect again and resume.' },
  TOO_SLOW: {
    code: 4008,
    reason: 'resume',
    meaning: 'More was waiting for you than this connection may hold. Connect again and resume from the last cursor.',
  },
  UNAUTHENTICATED: {
    code: 4401,
    reason: 'unauthenticated',
    meaning: 'The credential is missing, wrong, expired or revoked. Connect again with a valid one.',
  },
  TOO_MANY_MESSAGES: {
    code: 4029,
    reason: 'too many messages',
    meaning: 'You sent messages faster than they are accepted. Connect again after a pause.',
  },
} as const satisfies Record<string, { code: number; reason: string; meaning: string }>;

export type CloseCause = keyof typeof closeCodes;
