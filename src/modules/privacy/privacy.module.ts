import { Feature } from '../../platform/feature/feature.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ConsentsOperations } from './consents.operations.js';
import { ConsentsService } from './consents.service.js';
import { ErasureService } from './erasure.service.js';
import { PersonalExportController } from './personal-export.controller.js';
import { PersonalExport } from './personal-export.service.js';
import { PrivacyOperations } from './privacy.operations.js';

@Feature({
  operations: [PrivacyOperations, ConsentsOperations],
  imports: [IdentityModule],
  controllers: [PersonalExportController],
  providers: [PersonalExport, ErasureService, ConsentsService],
})
export class PrivacyModule {}
