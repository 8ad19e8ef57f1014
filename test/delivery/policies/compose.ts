interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly environment?: Record<string, string>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly depends_on?: Record<string, { readonly condition?: string }>;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
}

export interface Compose {
  readonly services: Record<string, Service>;
  readonly networks?: Record<string, { readonly internal?: boolean }>;
  readonly volumes?: Record<string, unknown>;
}

const SUPERUSER = 'postgres';
const isSecret = (name: string): boolean => /(PASSWORD|SECRET|TOKEN|_URL)$/.test(name);
/** Set from outside; a missing required variable stops the start. */
const isRequired = (value: string): boolean => /^\$\{[A-Z_]+:(\?.+|-)\}$/.test(value);
const isPinned = (image: string): boolean => /:v?\d+\.\d+(\.\d+)?(-[\w.]+)?(@sha256:[0-9a-f]{64})?$/.test(image);

/** What would make an unmodified copy of this file insecure. */
export function composeFindings({ services, networks = {}, volumes = {} }: Compose): string[] {
  const all = Object.values(services);
  const { api, postgres, migrate } = services;
  const environment = all.flatMap((service) => Object.entries(service.environment ?? {}));
  const ports = all.flatMap((service) => service.ports ?? []);
  const waits = (of: Service | undefined, on: string): string | undefined => of?.depends_on?.[on]?.condition;
  const hardened = [api, migrate].every(
    (one) =>
      one?.read_only === true && one.cap_drop?.includes('ALL') && one.security_opt?.includes('no-new-privileges:true'),
  );
  const rules: Record<string, boolean> = {
    'has-api-and-postgres': api !== undefined && postgres !== undefined,
    'images-are-pinned': all.every((service) => service.image !== undefined && isPinned(service.image)),
    'secrets-come-from-outside': environment.filter(([name]) => isSecret(name)).every(([, value]) => isRequired(value)),
    'ports-stay-on-this-host': ports.every((port) => /^(127\.0\.0\.1|\$\{\w+:-127\.0\.0\.1\}):/.test(port)),
    'database-is-not-published': (postgres?.ports ?? []).length === 0,
    'database-network-is-internal':
      (postgres?.networks ?? []).length > 0 && postgres!.networks!.every((name) => networks[name]?.internal === true),
    'database-has-a-healthcheck': postgres?.healthcheck?.test?.includes('pg_isready') === true,
    'data-is-in-a-named-volume': (postgres?.volumes ?? []).some(
      (one) => one.endsWith(':/var/lib/postgresql') && one.split(':')[0]! in volumes,
    ),
    'service-login-is-not-the-superuser': (api?.environment?.['DB_USER'] ?? SUPERUSER) !== SUPERUSER,
    'service-never-sees-the-superuser-password': !Object.values(api?.environment ?? {}).some((value) =>
      value.includes('POSTGRES_PASSWORD'),
    ),
    'waits-for-the-database':
      waits(api, 'postgres') === 'service_healthy' && waits(migrate, 'postgres') === 'service_healthy',
    'waits-for-the-migration': waits(api, 'migrate') === 'service_completed_successfully',
    'service-is-hardened': hardened,
    'nothing-is-privileged': !all.some((service) => service.privileged === true),
    'has-time-to-drain': Number.parseInt(api?.stop_grace_period ?? '0', 10) >= 30,
    'comes-back-after-a-crash': api?.restart === 'unless-stopped' && postgres?.restart === 'unless-stopped',
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}
