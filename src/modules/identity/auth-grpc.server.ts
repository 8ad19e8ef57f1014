import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type GrpcLibrary from '@grpc/grpc-js';
import type {
  sendUnaryData,
  Server,
  ServerCredentials,
  ServerUnaryCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { sha256 } from '../../platform/credentials/secrets.js';
import { Fault } from '../../platform/faults/fault.js';
import { StartupProblem } from '../../platform/faults/startup-problem.js';
import { toFault } from '../../platform/http/to-fault.js';
import { AuthGrpcService } from './auth-grpc.service.js';

const PROTO_FOLDER = join(import.meta.dirname, '../../../proto');
const PROTO = 'taskmaster/auth/v1/auth.proto';
/** Milliseconds for an answer, where the client sets no earlier deadline. */
const ANSWER_MS = 5_000;
/** A request is a token and an address. */
const MESSAGE_MAX = 16 * 1024;
/** Milliseconds for open calls at a shutdown. */
const LEAVE_WITHIN_MS = 2_000;

type Grpc = typeof GrpcLibrary;
type Texts = Readonly<Record<string, string>>;
type Call = ServerUnaryCall<Texts, unknown>;
type Handler = (request: Texts) => Promise<unknown>;

/** A failure as gRPC tells it. The words are those of the catalogue, so that nothing internal is told. */
interface Failure {
  readonly code: number;
  readonly details: string;
}

/** Answers sister services over gRPC. The library is loaded only where AUTH_SERVICE_KEY is set. */
@Injectable()
export class AuthGrpcServer implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(AuthGrpcServer.name);
  #server: Server | null = null;
  #port: number | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly service: AuthGrpcService,
  ) {}

  /** The port that it listens on; null without gRPC. */
  get port(): number | null {
    return this.#port;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { grpc: settings } = this.config;
    if (!settings) return;
    const [grpc, loader] = await Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]);
    const definition = await loader.load(PROTO, { includeDirs: [PROTO_FOLDER], defaults: true, longs: Number });
    const { service } = (grpc.loadPackageDefinition(definition) as unknown as AuthPackage).taskmaster.auth.v1.Auth;
    const server = new grpc.Server({
      'grpc.max_receive_message_length': MESSAGE_MAX,
      'grpc.max_concurrent_streams': 100,
    });
    server.addService(service, this.#handlers(grpc, sha256(settings.key)));
    const address = `${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`;
    try {
      this.#port = await bound(server, address, credentialsOf(grpc, settings.tls));
    } catch (error) {
      throw new StartupProblem(`AUTH_GRPC_PORT ${settings.port} cannot be used.`, { cause: error });
    }
    this.#server = server;
  }

  async onApplicationShutdown(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const cut = setTimeout(() => server.forceShutdown(), LEAVE_WITHIN_MS);
    await new Promise<void>((done) => server.tryShutdown(() => done()));
    clearTimeout(cut);
  }

  #handlers(grpc: Grpc, key: Buffer): UntypedServiceImplementation {
    const unary =
      (handle: Handler) =>
      (call: Call, answer: sendUnaryData<unknown>): void => {
        if (!hasKey(call, key)) {
          answer({ code: grpc.status.UNAUTHENTICATED, details: 'The service key is not valid.' });
          return;
        }
        within(ANSWER_MS, handle(call.request)).then(
          (response) => answer(null, response),
          (error: unknown) => answer(this.#failure(grpc, error)),
        );
      };
    return {
      validateToken: unary(({ token = '', address = '' }) => this.service.validateToken(token, address)),
      getUserPermissions: unary(async ({ userId = '', teamId = '' }) => {
        const { ownerId, ...rights } = await this.service.userPermissions(userId, teamId);
        return { ...rights, ownerId: ownerId ?? '' };
      }),
    };
  }

  #failure({ status }: Grpc, error: unknown): Failure {
    if (error instanceof TooLate) return { code: status.DEADLINE_EXCEEDED, details: 'The answer took too long.' };
    const fault = toFault(error);
    if (fault.code === 'NOT_FOUND') return { code: status.NOT_FOUND, details: 'There is no such user.' };
    if (fault.status === 503) return { code: status.UNAVAILABLE, details: fault.detail };
    this.#logger.error({ error }, 'a call over gRPC failed');
    return { code: status.INTERNAL, details: new Fault('INTERNAL').detail };
  }
}

interface AuthPackage {
  readonly taskmaster: {
    readonly auth: { readonly v1: { readonly Auth: { readonly service: Parameters<Server['addService']>[0] } } };
  };
}

class TooLate extends Error {}

/** Hashes have one length, so the comparison takes the same time for every key. */
function hasKey({ metadata }: Call, key: Buffer): boolean {
  const [given] = metadata.get('authorization');
  const text = typeof given === 'string' && given.startsWith('Bearer ') ? given.slice('Bearer '.length) : '';
  return timingSafeEqual(sha256(text), key);
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate()), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function credentialsOf(grpc: Grpc, tls: NonNullable<Config['grpc']>['tls']): ServerCredentials {
  if (!tls) return grpc.ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.privateKey) };
  return grpc.ServerCredentials.createSsl(null, [pair]);
}

function bound(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}
