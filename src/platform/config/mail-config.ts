import type { OidcConfig } from './oidc-config.js';
import { oidcOf } from './oidc-config.js';
import type { Environment } from './settings.js';

/** A server that sends mail. */
export interface SmtpLogin {
  readonly host: string;
  readonly port: number;
  /** TLS from the start; else STARTTLS. */
  readonly isSecure: boolean;
  /** Whether mail goes out without TLS if the server offers none. */
  readonly allowsPlain: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

export interface MailConfig {
  /** Undefined writes mail to files. */
  readonly smtp: SmtpLogin | undefined;
  readonly from: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Who may have an account, and how mail reaches them. */
export interface AccountConfig {
  readonly registration: Environment['REGISTRATION'];
  /** Where people reach the service, without a slash at the end; undefined: where it listens. */
  readonly publicUrl: string | undefined;
  readonly mail: MailConfig;
  /** Undefined without an OpenID provider. */
  readonly oidc: OidcConfig | undefined;
}

export function accountsOf(environment: Environment): AccountConfig {
  return {
    registration: environment.REGISTRATION,
    publicUrl: environment.PUBLIC_URL,
    mail: mailOf(environment),
    oidc: oidcOf(environment),
  };
}

function mailOf(environment: Environment): MailConfig {
  return {
    smtp: environment.SMTP_URL === undefined ? undefined : smtpOf(environment.SMTP_URL, environment.SMTP_PASSWORD),
    from: environment.MAIL_FROM ?? 'TaskMaster <taskmaster@localhost>',
  };
}

function smtpOf(text: string, password: string | undefined): SmtpLogin {
  const url = new URL(text);
  const isSecure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 465 : 587) : Number(url.port),
    isSecure,
    allowsPlain: LOOPBACK.test(url.hostname),
    user: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || password,
  };
}

export function mailProblems(environment: Environment): string[] {
  if (environment.SMTP_URL === undefined) {
    return environment.SMTP_PASSWORD === undefined ? [] : ['SMTP_PASSWORD has no meaning without SMTP_URL.'];
  }
  const problems = (['PUBLIC_URL', 'MAIL_FROM'] as const)
    .filter((name) => environment[name] === undefined)
    .map((name) => `${name} is needed with SMTP_URL.`);
  const { username, password } = new URL(environment.SMTP_URL);
  if (username !== '' && password === '' && environment.SMTP_PASSWORD === undefined) {
    problems.push('SMTP_URL names a user and no password; put it there or into SMTP_PASSWORD.');
  }
  return problems;
}
