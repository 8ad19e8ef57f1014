import { boolean, list, optional } from './setting.js';
import type { Setting } from './setting.js';

/** A loopback address may use plain HTTP: no network lies in between. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const TEAM = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const AUDIENCE = /^[0-9a-f]{64}$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HOSTNAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;

/** The issuer of a team: from its name, its domain, or its URL. */
const teamDomain = (text: string): string => {
  if (TEAM.test(text)) return `https://${text.toLowerCase()}.cloudflareaccess.com`;
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (!url || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Error('must be the name, the domain or the URL of an Access team');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname))) {
    throw new Error('must use https:// (http:// only for a loopback address)');
  }
  return url.origin;
};

const audiences = (text: string): readonly string[] => {
  const tags = list(text);
  if (tags.length === 0 || !tags.every((tag) => AUDIENCE.test(tag))) {
    throw new Error(
      'must be the audience tag of an Access application, 64 hexadecimal digits; several are separated by commas',
    );
  }
  return tags.map((tag) => tag.toLowerCase());
};

const matching =
  (pattern: RegExp, problem: string) =>
  (text: string): string => {
    if (!pattern.test(text)) throw new Error(problem);
    return text;
  };

/** Cloudflare Access in front of the service, and the names of the tunnels. */
export const cloudflareSettings = {
  CLOUDFLARE_ACCESS_ENABLED: {
    about:
      'Accept the tokens of Cloudflare Access beside API keys and logins. Needs CLOUDFLARE_TEAM_DOMAIN and ' +
      'CLOUDFLARE_ACCESS_AUD.',
    example: 'false',
    fallback: false,
    parse: boolean,
  },
  CLOUDFLARE_ACCESS_REQUIRED: {
    about:
      'Refuse every request without a valid Access token, except for health; an API key or a login is needed besides ' +
      'where the token names no user. Implies CLOUDFLARE_ACCESS_ENABLED.',
    example: 'false',
    fallback: false,
    parse: boolean,
  },
  CLOUDFLARE_ACCESS_CREATE_USERS: {
    about:
      'Create a user with the role developer for a person whom Access admits and whose address no user has. Without ' +
      'it such a person is refused.',
    example: 'false',
    fallback: false,
    parse: boolean,
  },
  CLOUDFLARE_TEAM_DOMAIN: optional<string>({
    about: 'The Access team: its name, its domain or its URL. Tokens come from it, and the keys that verify them.',
    example: 'example.cloudflareaccess.com',
    parse: teamDomain,
  }),
  CLOUDFLARE_ACCESS_AUD: optional<readonly string[]>({
    about: 'Audience tags of the Access applications whose tokens are accepted, comma separated.',
    parse: audiences,
  }),
  CLOUDFLARE_PROXY_ENABLED: {
    about:
      'Only false: the service connects to PostgreSQL without a tunnel. The tunnel of cloudflared/database.yml is for ' +
      'operators.',
    example: 'false',
    fallback: false,
    parse: (text: string): boolean => {
      if (!boolean(text)) return false;
      throw new Error(
        'must be false: the service connects to PostgreSQL without a tunnel (cloudflared/README.md says how operators use one)',
      );
    },
  },
  CLOUDFLARE_PROXY_HOSTNAME: optional<string>({
    about: 'Hostname of the tunnel of the database. The service does not use it: cloudflared/database.yml does.',
    example: 'db.example.com',
    parse: matching(HOSTNAME, 'must be a hostname, such as db.example.com'),
  }),
  CLOUDFLARE_TUNNEL_ID: optional<string>({
    about: 'UUID of a tunnel. The service does not use it: the files in cloudflared/ do.',
    example: '6ff42ae2-765d-4adf-8112-31c55c1551ef',
    parse: matching(UUID, 'must be the UUID that "cloudflared tunnel create" prints'),
  }),
} as const satisfies Record<string, Setting<unknown>>;
