import type { Compose } from './compose.js';

type Service = Compose['services'][string];

interface EdgeService extends Omit<Service, 'networks' | 'depends_on'> {
  readonly command?: readonly string[];
  readonly user?: string;
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly ipv4_address?: string }>>;
  readonly depends_on?: readonly string[];
}

/** A file that is given to docker-compose after docker-compose.yml. */
export interface EdgeCompose {
  readonly services: Readonly<Record<string, EdgeService>>;
  readonly networks?: Compose['networks'];
}

const namesOf = (networks: EdgeService['networks'] = []): readonly string[] =>
  Array.isArray(networks) ? (networks as readonly string[]) : Object.keys(networks);

/** Merges as docker-compose 1.29 does: mappings by key, ports, volumes and networks together, other values replaced. */
export function merged(base: Compose, { services, networks }: EdgeCompose): Compose {
  const both = Object.entries(services).map(([name, more]): [string, Service] => {
    const { [name]: under = {} } = base.services;
    const { networks: added, depends_on: _order, ...rest } = more;
    return [
      name,
      {
        ...under,
        ...rest,
        environment: { ...under.environment, ...more.environment },
        ports: [...(under.ports ?? []), ...(more.ports ?? [])],
        volumes: [...(under.volumes ?? []), ...(more.volumes ?? [])],
        networks: [...(under.networks ?? []), ...namesOf(added)],
      },
    ];
  });
  return {
    ...base,
    services: { ...base.services, ...Object.fromEntries(both) },
    networks: { ...base.networks, ...networks },
  };
}

const isAsked = (value: string | undefined): boolean => /^\$\{[A-Z_]+:\?.+\}$/.test(value ?? '');

/** What would let a request reach the service without the edge, or let a client forge its address. */
export function edgeFindings({ services }: EdgeCompose): string[] {
  const { api, cloudflared } = services;
  const environment = api?.environment ?? {};
  const { tunnel } = (cloudflared?.networks ?? {}) as Readonly<Record<string, { readonly ipv4_address?: string }>>;
  const rules: Record<string, boolean> = {
    'access-is-required': environment['CLOUDFLARE_ACCESS_REQUIRED'] === 'true',
    'team-and-audience-come-from-outside': ['CLOUDFLARE_TEAM_DOMAIN', 'CLOUDFLARE_ACCESS_AUD'].every((name) =>
      isAsked(environment[name]),
    ),
    'trusts-cloudflared-alone':
      tunnel?.ipv4_address !== undefined && environment['TRUSTED_PROXIES'] === tunnel.ipv4_address,
    'publishes-no-port': Object.values(services).every(({ ports = [] }) => ports.length === 0),
    'cloudflared-reaches-nothing-else': namesOf(cloudflared?.networks).join() === 'tunnel',
    'cloudflared-is-hardened':
      cloudflared?.read_only === true &&
      cloudflared.cap_drop?.includes('ALL') === true &&
      cloudflared.security_opt?.includes('no-new-privileges:true') === true &&
      !/^(0|root)?(:|$)/.test(cloudflared.user?.replace(/^\$\{\w+:-(.*)\}$/, '$1') ?? ''),
    'cloudflared-reads-its-configuration-only': (cloudflared?.volumes ?? []).every((one) => one.endsWith(':ro')),
    'cloudflared-does-not-replace-itself': cloudflared?.command?.includes('--no-autoupdate') === true,
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}
