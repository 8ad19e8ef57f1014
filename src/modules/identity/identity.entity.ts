import { ApiKeyEntity, LoginSessionEntity } from './credential.entity.js';
import { UserEntity, UserRoleEntity } from './user.entity.js';

export const identityEntities = [UserEntity, UserRoleEntity, ApiKeyEntity, LoginSessionEntity];
