import { randomBytes } from 'node:crypto';
import { SecretBox } from '../../platform/credentials/secret-box.js';

const SECRET_BYTES = 32;

/** Generates a signing key in the format of Standard Webhooks. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** Encrypts the signing keys of webhooks, because signing needs their plain text. */
export function webhookSecretBox(key: string): SecretBox {
  return new SecretBox(key, 'taskmaster webhook secrets');
}
