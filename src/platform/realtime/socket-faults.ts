import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, Injectable, Logger } from '@nestjs/common';
import type { Fault } from '../faults/fault.js';
import { toProblem } from '../faults/problem.js';
import { toFault } from '../http/to-fault.js';
import { Metrics } from '../telemetry/metrics.js';
import type { LiveClient, MessageId } from './live-client.js';
import type { LiveMessage } from './live-message.js';

/** Turns errors into messages with the codes and fields of REST, and without internals. */
@Injectable()
export class SocketFaults {
  readonly #logger = new Logger(SocketFaults.name);

  constructor(private readonly metrics: Metrics) {}

  report(client: LiveClient, error: unknown, id?: MessageId, subscription?: string): void {
    if (client.gone.aborted) return;
    const fault = toFault(error);
    this.metrics.countFault(fault.code);
    this.#log(client, fault, error);
    const problem = toProblem(fault, '/ws', client.request.id);
    client.say('error', subscription === undefined ? problem : { ...problem, subscription }, id);
    if (fault.code === 'UNAUTHENTICATED') client.revoke();
  }

  #log({ request }: LiveClient, fault: Fault, error: unknown): void {
    if (fault.status < 500) return;
    const cause: unknown = fault.cause ?? error;
    this.#logger.error({ requestId: request.id, code: fault.code, error: cause }, fault.detail);
  }
}

/** Catches the errors of message handlers. */
@Catch()
export class SocketFaultFilter implements ExceptionFilter {
  constructor(private readonly faults: SocketFaults) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const [client, , message] = host.getArgs<[LiveClient, unknown, LiveMessage]>();
    this.faults.report(client, error, message.id);
  }
}
