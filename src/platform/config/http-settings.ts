import { integer, optional, text } from './setting.js';
import type { Setting } from './setting.js';

const MIB = 1_048_576;

/** TLS and the limits of the HTTP server. */
export const httpSettings = {
  TLS_CERT_FILE: optional<string>({
    about:
      'PEM file with the certificate of the listener and those that it rests on. With it the service speaks HTTPS itself. ' +
      'A new certificate in the files is used within seconds.',
    example: '/etc/taskmaster/tls/tls.crt',
    parse: text,
  }),
  TLS_KEY_FILE: optional<string>({
    about: 'PEM file with the private key of TLS_CERT_FILE.',
    example: '/etc/taskmaster/tls/tls.key',
    parse: text,
  }),
  HTTP_BODY_BYTES_MAX: {
    about:
      'Bytes of request bodies that one instance holds in memory at once; further requests with a body are answered ' +
      '503 OVERLOADED. One user may hold half of them. An import needs about six times its size while it is parsed.',
    example: String(128 * MIB),
    fallback: 128 * MIB,
    parse: integer(MIB, 999_999_999),
  },
  HTTP_ANONYMOUS_BYTES_MAX: {
    about:
      'Part of HTTP_BODY_BYTES_MAX for requests without a credential, and the bytes that WebSockets without one may ' +
      'send at once (64 KiB each).',
    example: String(32 * MIB),
    fallback: 32 * MIB,
    parse: integer(65_536, 999_999_999),
  },
  HTTP_HEADERS_TIMEOUT_MS: {
    about: 'Milliseconds for the headers of a request to arrive.',
    example: '10000',
    fallback: 10_000,
    parse: integer(50, 600_000),
  },
  HTTP_REQUEST_TIMEOUT_MS: {
    about: 'Milliseconds for a whole request to arrive, its body included.',
    example: '30000',
    fallback: 30_000,
    parse: integer(50, 600_000),
  },
  HTTP_KEEP_ALIVE_TIMEOUT_MS: {
    about: 'Milliseconds that an idle connection stays open. Longer than that of the load balancer, usually 60 s.',
    example: '72000',
    fallback: 72_000,
    parse: integer(50, 600_000),
  },
} as const satisfies Record<string, Setting<unknown>>;
