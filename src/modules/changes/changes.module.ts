import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { ChangesOperations } from './changes.operations.js';
import { ChangesService } from './changes.service.js';

/** What happened, over REST. */
@Module({ controllers: [restController(ChangesOperations)], providers: [ChangesOperations, ChangesService] })
export class ChangesModule {}
