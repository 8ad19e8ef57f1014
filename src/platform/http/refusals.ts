import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Fault } from '../faults/fault.js';
import { toProblem } from '../faults/problem.js';
import { newRequestId } from './request-id.js';

const PROBLEM = 'application/problem+json; charset=utf-8';

/** The fault for an error of Node's HTTP parser. */
function faultOf(code: string | undefined): Fault {
  if (code === 'HPE_HEADER_OVERFLOW') return new Fault('HEADERS_TOO_LARGE');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Fault('REQUEST_TIMEOUT');
  return new Fault('VALIDATION_FAILED', 'This is not a well-formed HTTP request.');
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '/';

/** A complete HTTP response as text, for connections without a framework. The connection must be closed after it. */
export function rawRefusal(fault: Fault, instance: string): string {
  const requestId = newRequestId();
  const body = JSON.stringify(toProblem(fault, instance, requestId));
  const headers = [
    `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status]}`,
    `content-type: ${PROBLEM}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'cache-control: no-store',
    ...Object.entries(fault.headers).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}

/** Answers bytes that are not a request, and closes the connection, because the next request cannot be found on it. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(rawRefusal(faultOf(error.code), ''));
  socket.destroy(error);
}

/** Answers a URL that the router cannot parse. No hook has run, so the request has no state. */
export function refuseUrl(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  const fault =
    error.statusCode === 414
      ? new Fault('URI_TOO_LONG')
      : new Fault('VALIDATION_FAILED', 'The URL holds a percent-encoding that cannot be read.');
  const requestId = newRequestId();
  const instance = pathOf(request.url);
  void reply
    .code(fault.status)
    .headers({ 'content-type': PROBLEM, 'x-request-id': requestId, 'cache-control': 'no-store' })
    .send(JSON.stringify(toProblem(fault, instance, requestId)));
}

/** Answers an `Expect` header that is not understood. Without this, Node answers it without a problem document. */
export function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  const fault = new Fault('EXPECTATION_FAILED');
  const requestId = newRequestId();
  const body = JSON.stringify(toProblem(fault, pathOf(request.url ?? '/'), requestId));
  response.writeHead(fault.status, {
    'content-type': PROBLEM,
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    'cache-control': 'no-store',
    // The client may be waiting with its body, or already sending it: the next request cannot be found on the connection.
    connection: 'close',
  });
  response.end(body);
}
