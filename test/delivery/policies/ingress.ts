/**
 * The rules of `cloudflared tunnel ingress validate`, reimplemented from its documentation, because the
 * program is not on every machine that runs the tests. Before a release, run the real command once.
 */
interface Rule {
  readonly hostname?: string;
  readonly path?: string;
  readonly service?: string;
  readonly originRequest?: { readonly noTLSVerify?: boolean; readonly access?: Access };
}

interface Access {
  readonly required?: boolean;
  readonly teamName?: string;
  readonly audTag?: readonly string[];
}

export interface Tunnel {
  readonly tunnel?: string;
  readonly 'credentials-file'?: string;
  readonly ingress?: readonly Rule[];
}

const isCatchAll = (rule: Rule): boolean => rule.hostname === undefined && rule.path === undefined;

function compiles(path: string): boolean {
  try {
    return new RegExp(path) instanceof RegExp;
  } catch {
    return false;
  }
}

function isService(service: string | undefined): boolean {
  const status = /^http_status:(\d+)$/.exec(service ?? '');
  if (status) return Number(status[1]) >= 100 && Number(status[1]) <= 999;
  return /^(https?|tcp|ssh|rdp|smb|unix):\/\/[^/\s]+$/.test(service ?? '');
}

const accessIsWhole = ({ originRequest: { access } = {} }: Rule): boolean =>
  access === undefined || (Boolean(access.teamName) && (access.audTag ?? []).length > 0);

const isGuarded = ({ originRequest: { access } = {} }: Rule): boolean =>
  access?.required === true && Boolean(access.teamName) && (access.audTag ?? []).length > 0;

export function ingressFindings({ tunnel, 'credentials-file': credentials, ingress = [] }: Tunnel): string[] {
  const hostnames = ingress.flatMap((rule) => (rule.hostname === undefined ? [] : [rule.hostname]));
  const rules: Record<string, boolean> = {
    'names-its-tunnel': Boolean(tunnel) && Boolean(credentials),
    'last-rule-takes-everything': ingress.length > 0 && isCatchAll(ingress.at(-1)!),
    'only-the-last-rule-takes-everything': !ingress.slice(0, -1).some(isCatchAll),
    'wildcard-only-at-the-start': !hostnames.some((name) => name.lastIndexOf('*') > 0),
    'no-port-in-a-hostname': !hostnames.some((name) => name.includes(':')),
    'service-has-a-scheme-and-no-path': ingress.every((rule) => isService(rule.service)),
    'path-compiles': ingress.every((rule) => rule.path === undefined || compiles(rule.path)),
    'access-names-team-and-audience': ingress.every(accessIsWhole),
    'origin-certificate-is-verified': !ingress.some((rule) => rule.originRequest?.noTLSVerify === true),
    'raw-ports-ask-for-access': ingress.filter((rule) => rule.service?.startsWith('tcp:')).every(isGuarded),
    'unknown-requests-get-404': ingress.at(-1)?.service === 'http_status:404',
  };
  return Object.keys(rules).filter((rule) => !rules[rule]);
}
