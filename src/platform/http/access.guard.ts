import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Fault, invalid } from '../faults/fault.js';
import { fingerprintOf } from './body-reader.js';
import type { ApiRequest } from './request.js';
import { Authenticator } from '../credentials/authenticator.js';
import type { Identity } from '../auth/identity.js';
import { allows } from '../auth/identity.js';
import type { Access } from '../auth/permission.js';
import { ACCESS } from '../auth/permission.js';
import type { Session } from '../auth/session.js';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

function idempotencyOf(request: ApiRequest): Session['idempotency'] {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method !== 'POST') return null;
  if (request.state.identity?.ingest) {
    // Answers are kept for a user, and an ingest key acts as none.
    const message = 'must not be sent with an ingest key; externalId makes a validation recorded once';
    throw invalid([{ path: 'header.Idempotency-Key', message, code: 'INVALID_HEADER' }]);
  }
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw invalid([
      { path: 'header.Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters', code: 'INVALID_HEADER' },
    ]);
  }
  const { state } = request;
  const fingerprint = state.fingerprint ?? fingerprintOf(request).digest('hex');
  return {
    key,
    fingerprint,
    requestId: state.requestId,
    timestamp: state.receivedAt,
    onReplay: (first) => {
      state.replay = first;
    },
  };
}

function dryRunOf(request: ApiRequest): boolean {
  const value = (request.query as Record<string, unknown> | undefined)?.dryRun;
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalid([{ path: 'query.dryRun', message: 'must be true or false', code: 'INVALID_PARAMETER' }]);
}

const LSN = /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/;

function readAfterOf(request: ApiRequest): string | null {
  const value = request.headers['consistency-token'];
  return typeof value === 'string' && LSN.test(value) ? value : null;
}

/** The session of a request: the user, and the conditions of the request. */
export function openSession(identity: Identity, request: ApiRequest): Session {
  return {
    userId: identity.userId,
    credentialId: identity.credentialId,
    scopes: identity.scopes,
    role: identity.role,
    permissions: identity.permissions,
    isAdmin: identity.isAdmin,
    request: {
      id: request.state.requestId,
      ip: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, 500) ?? null,
    },
    dryRun: dryRunOf(request),
    idempotency: idempotencyOf(request),
    readAfter: readAfterOf(request),
    onWritten: (lsn) => {
      request.state.written = lsn;
    },
    signal: request.state.gone.signal,
  };
}

type SessionRequest = ApiRequest & { session?: Session };

/** A live connection. Its session is opened once, when it authenticates. */
interface Sender {
  readonly session: Session | null;
}

function admitMessage(access: Access | undefined, session: Session | null): boolean {
  if (!access) throw new Fault('FORBIDDEN');
  if (access.kind === 'public') return true;
  if (!session) throw new Fault('UNAUTHENTICATED', 'Send "authenticate" with a token first.');
  checkPermission(access, session.permissions);
  return true;
}

function checkPermission(access: Access, granted: readonly string[]): void {
  if (access.kind === 'permission' && !access.permissions.some((one) => allows(granted, one))) {
    throw new Fault('FORBIDDEN', `The permission ${access.permissions.join(' or ')} is required.`);
  }
}

export function missingCredential(): Fault {
  return new Fault('UNAUTHENTICATED', 'Send X-API-Key or Authorization: Bearer.', {
    headers: { 'www-authenticate': 'Bearer realm="taskmaster"' },
  });
}

/**
 * Checks the caller against the declared access and returns the session; null for public access. Refuses when nothing is
 * declared.
 * @throws Fault FORBIDDEN, UNAUTHENTICATED
 */
export function admit(access: Access | undefined, request: SessionRequest): Session | null {
  if (!access) throw new Fault('FORBIDDEN');
  if (access.kind === 'public') return null;
  const { identity, refusal } = request.state;
  if (!identity) {
    throw refusal ?? missingCredential();
  }
  checkPermission(access, identity.permissions);
  // The fields of one GraphQL request share the session.
  request.session ??= openSession(identity, request);
  return request.session;
}

/** Deny by default: refuses every route or message without a declaration, for all callers. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (context.getType() === 'ws') {
      return admitMessage(access, context.switchToWs().getClient<Sender>().session);
    }
    // A GraphQL root field gets (root, arguments, context, info), and the context has the request.
    const request =
      context.getType<string>() === 'graphql'
        ? context.getArgByIndex<{ request: SessionRequest }>(2).request
        : context.switchToHttp().getRequest<SessionRequest>();
    try {
      admit(access, request);
      return true;
    } catch (error) {
      const lacksPermission = access?.kind === 'permission' && error instanceof Fault && error.code === 'FORBIDDEN';
      if (!lacksPermission || !request.state.identity) throw error;
      return this.admitAgain(access, request);
    }
  }

  /** The cached identity may be older than a permission that its user was given a moment ago. */
  private async admitAgain(access: Access | undefined, request: SessionRequest): Promise<boolean> {
    request.state.identity = await this.authenticator.identifyAgain(request.headers);
    delete request.session;
    admit(access, request);
    return true;
  }
}
