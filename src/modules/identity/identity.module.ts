import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { ApiKeysOperations } from './api-keys.operations.js';
import { UsersOperations } from './users.operations.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthController } from './auth.controller.js';
import { LoginLine } from './login-line.js';
import { LoginService } from './login.service.js';
import { UsersService } from './users.service.js';

const operations = [ApiKeysOperations, UsersOperations];

@Module({
  controllers: [AuthController, ...operations.map(restController)],
  providers: [...operations, LoginLine, LoginService, ApiKeysService, UsersService],
  exports: [LoginService, ApiKeysService, UsersService],
})
export class IdentityModule {}
