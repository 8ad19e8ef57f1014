import { Injectable } from '@nestjs/common';
import { isWithinNetworks } from '../../platform/auth/networks.js';
import type { Identity } from '../../platform/auth/identity.js';
import { Authenticator } from '../../platform/credentials/authenticator.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { isUuid } from '../../platform/schema/uuid.js';
import type { UserRights } from './auth-grpc.queries.js';
import { userRights } from './auth-grpc.queries.js';

/** ValidateTokenResponse of auth.proto. */
export interface ValidatedToken {
  readonly valid: boolean;
  readonly userId?: string;
  readonly credentialId?: string;
  readonly role?: string;
  readonly permissions?: readonly string[];
  readonly teamIds?: readonly string[];
  readonly expiresAt?: number;
  readonly ownerId?: string;
}

const INVALID: ValidatedToken = { valid: false };

/** What sister services ask over gRPC. */
@Injectable()
export class AuthGrpcService {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly database: Database,
  ) {}

  /**
   * Whether a token is valid at this moment. Every reason why it is not has the same answer.
   * @throws Fault DATABASE_UNAVAILABLE and others of the database
   */
  async validateToken(token: string, address: string): Promise<ValidatedToken> {
    const identity = await this.identify(token);
    if (!identity || identity.ingest) return INVALID;
    const { allowedNetworks } = identity;
    if (allowedNetworks !== null && !isWithinNetworks(address, allowedNetworks)) return INVALID;
    const rights = await this.rightsOf(identity.userId);
    if (!rights) return INVALID;
    return {
      valid: true,
      userId: identity.userId,
      credentialId: identity.credentialId,
      role: identity.role,
      permissions: identity.permissions,
      teamIds: rights.teamIds,
      expiresAt: identity.expiresAt === null ? 0 : Math.floor(identity.expiresAt / 1000),
      ownerId: rights.ownerId ?? '',
    };
  }

  /** @throws Fault NOT_FOUND for a user who is unknown or disabled, or is not in the team */
  async userPermissions(userId: string, teamId: string): Promise<UserRights> {
    const rights = isUuid(userId) ? await this.rightsOf(userId) : null;
    const isAdmin = rights?.permissions.includes('*') === true;
    if (!rights || (teamId !== '' && !isAdmin && !rights.teamIds.includes(teamId))) throw new Fault('NOT_FOUND');
    return rights;
  }

  private async identify(token: string): Promise<Identity | null> {
    try {
      // Without the cache: a sister service must not learn of a revocation a minute late.
      return await this.authenticator.identifyAgain({ authorization: `Bearer ${token}` });
    } catch (error) {
      if (error instanceof Fault && error.status < 500) return null;
      throw error;
    }
  }

  private async rightsOf(userId: string): Promise<UserRights | null> {
    const [rights] = await this.database.systemCommand('answer a sister service', userRights(userId));
    return rights ?? null;
  }
}
