import { readFileSync } from 'node:fs';
import type { Environment } from './settings.js';

/** The gRPC service for sister services. */
export interface GrpcConfig {
  readonly key: string;
  readonly host: string;
  readonly port: number;
  /** Undefined without TLS. */
  readonly tls: { readonly certificate: string; readonly privateKey: string } | undefined;
}

export function grpcOf(environment: Environment, embedded: boolean): GrpcConfig | undefined {
  const { AUTH_SERVICE_KEY: key, AUTH_GRPC_TLS_CERT: certificate, AUTH_GRPC_TLS_KEY: privateKey } = environment;
  if (key === undefined) return undefined;
  return {
    key,
    host: environment.AUTH_GRPC_HOST ?? (embedded ? '127.0.0.1' : '0.0.0.0'),
    port: environment.AUTH_GRPC_PORT ?? 50_051,
    tls:
      certificate === undefined || privateKey === undefined
        ? undefined
        : { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(privateKey, 'utf8') },
  };
}

/** Problems that involve several variables. */
export function grpcProblems(environment: Environment): string[] {
  const problems: string[] = [];
  const { AUTH_SERVICE_KEY: key, AUTH_GRPC_PORT: port } = environment;
  if (port !== undefined && key === undefined) problems.push('AUTH_GRPC_PORT needs AUTH_SERVICE_KEY.');
  if ((environment.AUTH_GRPC_TLS_CERT === undefined) !== (environment.AUTH_GRPC_TLS_KEY === undefined)) {
    problems.push('AUTH_GRPC_TLS_CERT and AUTH_GRPC_TLS_KEY are needed together.');
  }
  return problems;
}
