import type { ClientConfig } from '../config/client.js';
import { CommandFailure, EXIT } from './exit.js';
import type { StoredLogin } from './login-file.js';
import { LoginFile } from './login-file.js';
import { endpointsOf, loginIn, postAsClient } from './oauth-client.js';

/** The headers that say who calls. */
export type Credential = () => Promise<Readonly<Record<string, string>>>;

/** Milliseconds before its end at which an access token is renewed. */
const RENEW_BEFORE_MS = 60_000;

const isFresh = ({ expiresAt }: StoredLogin): boolean => expiresAt - RENEW_BEFORE_MS > Date.now();

async function renewed(url: string, file: LoginFile): Promise<StoredLogin> {
  const login = await file.read(url);
  // Another command may have renewed it meanwhile.
  if (login && isFresh(login)) return login;
  const { token_endpoint: endpoint } = await endpointsOf(url);
  const form = { grant_type: 'refresh_token', refresh_token: login?.refreshToken ?? '' };
  const next = loginIn(await postAsClient(endpoint, form));
  await file.write(url, next);
  if (!next) throw new CommandFailure('Your login has ended. Run taskmaster login.', EXIT.refused);
  return next;
}

/** A key that was given, else the login at this service, else the key of the first run. */
export function credentialOf(
  { url, apiKey, isKeyGiven }: ClientConfig,
  env: Readonly<Record<string, string | undefined>>,
): Credential {
  const key: Record<string, string> = apiKey === null ? {} : { 'x-api-key': apiKey };
  if (isKeyGiven) return () => Promise.resolve(key);
  const file = new LoginFile(env);
  return async () => {
    const login = await file.read(url);
    if (!login) return key;
    const { accessToken } = isFresh(login) ? login : await file.locked(() => renewed(url, file));
    return { authorization: `Bearer ${accessToken}` };
  };
}
