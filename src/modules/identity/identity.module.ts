import { Module } from '@nestjs/common';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthController } from './auth.controller.js';
import { LoginLine } from './login-line.js';
import { LoginService } from './login.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [AuthController, ApiKeysController, UsersController],
  providers: [LoginLine, LoginService, ApiKeysService, UsersService],
  exports: [LoginService, ApiKeysService, UsersService],
})
export class IdentityModule {}
