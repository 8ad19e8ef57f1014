import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { Fault } from '../faults/fault.js';
import { missingCredential } from './access.guard.js';
import type { BodyReader } from './body-reader.js';
import { hasBody } from './body-reader.js';
import { refuseExpectation } from './refusals.js';

/** Milliseconds that a client has to read the answer before its connection is destroyed, as nginx lingers. Busy clients lost it after two seconds. */
const LINGER_MS = 5_000;

/**
 * Ends our side of a connection and stops reading. Closing it at once would reset it while the client is still sending, and
 * the client would lose the answer (RFC 9112, 9.6).
 */
function closeAfterAnswer(request: FastifyRequest): void {
  const { raw } = request;
  const socket: Socket = raw.socket;
  // Node receives the whole body of a request that nobody has read, to discard it: 3.8 MB of each connection. This read
  // counts as one. It takes all that has arrived, because a read from a full buffer does not count.
  raw.read();
  raw.pause();
  // The read resumes the connection on the next tick. Pausing before that would not stop it, and later calls of `pause`
  // would do nothing: the body filled the buffer without a limit.
  process.nextTick(() => socket.pause());
  socket.destroySoon = () => {
    socket.end();
    const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(cut));
  };
}

function refuseUnread(request: FastifyRequest): void {
  const { identity, refusal } = request.state;
  if (!identity && request.routeOptions.config.isPublic !== true) throw refusal ?? missingCredential();
}

/**
 * Refuses requests before their body is read, and closes connections whose body was not. Must be installed after the hooks
 * that add headers to every answer, such as those of CORS.
 */
export function refuseBeforeBody(server: FastifyInstance, reader: BodyReader): void {
  server.addHook('onRequest', (request, reply, done) => {
    try {
      // Before Fastify asks more of a method that no path has. The filter tells an unknown method from an unknown path.
      if (request.is404) throw new Fault('NOT_FOUND');
      if (hasBody(request.raw)) {
        refuseUnread(request);
        reader.reserve(request, reply);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    if (hasBody(request.raw) && !request.raw.complete) {
      reply.header('connection', 'close');
      closeAfterAnswer(request);
    }
    done(null, payload);
  });
  // Without this listener, Node asks for the body of every request that expects "100 Continue".
  server.server.on('checkContinue', (request, response) => {
    reader.expectContinue(request);
    server.server.emit('request', request, response);
  });
  server.server.on('checkExpectation', refuseExpectation);
}
