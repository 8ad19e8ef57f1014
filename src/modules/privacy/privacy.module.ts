import { Feature } from '../../platform/feature/feature.js';
import { PersonalExportController } from './personal-export.controller.js';
import { PersonalExport } from './personal-export.service.js';

@Feature({
  controllers: [PersonalExportController],
  providers: [PersonalExport],
})
export class PrivacyModule {}
