import { integer, optional, secretOf, text } from './setting.js';

/** The gRPC service for sister services. */
export const grpcSettings = {
  AUTH_SERVICE_KEY: optional<string>({
    about:
      'What sister services authenticate with to ask over gRPC whose token they were sent (ValidateToken, ' +
      'GetUserPermissions); at least 32 characters. Without it there is no gRPC.',
    secret: true,
    parse: secretOf(32),
  }),
  AUTH_GRPC_PORT: optional<number>({
    about: 'Port of gRPC; needs AUTH_SERVICE_KEY. Defaults to 50051.',
    example: '50051',
    parse: integer(0, 65535),
  }),
  AUTH_GRPC_HOST: optional<string>({
    about: 'Address that gRPC listens on. Defaults to 127.0.0.1 with the embedded PostgreSQL, else 0.0.0.0.',
    parse: text,
  }),
  AUTH_GRPC_TLS_CERT: optional<string>({
    about: 'File with the certificate of gRPC, for TLS. Without it, keep the port in a private network.',
    parse: text,
  }),
  AUTH_GRPC_TLS_KEY: optional<string>({ about: 'File with the private key of AUTH_GRPC_TLS_CERT.', parse: text }),
} as const;
