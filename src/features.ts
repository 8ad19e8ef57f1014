import type { Type } from '@nestjs/common';
import { AccountPagesModule } from './modules/account-pages/account-pages.module.js';
import { AnalyticsModule } from './modules/analytics/analytics.module.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { ChangesModule } from './modules/changes/changes.module.js';
import { ErrorsModule } from './modules/errors/errors.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { IdentityModule } from './modules/identity/identity.module.js';
import { InvitesModule } from './modules/invites/invites.module.js';
import { LiveModule } from './modules/live/live.module.js';
import { OauthModule } from './modules/oauth/oauth.module.js';
import { PerformanceModule } from './modules/performance/performance.module.js';
import { PrivacyModule } from './modules/privacy/privacy.module.js';
import { ProjectsModule } from './modules/projects/projects.module.js';
import { TagsModule } from './modules/tags/tags.module.js';
import { TasksModule } from './modules/tasks/tasks.module.js';
import { TeamsModule } from './modules/teams/teams.module.js';
import { ValidationsModule } from './modules/validations/validations.module.js';
import { WebhooksModule } from './modules/webhooks/webhooks.module.js';

/** Every module, one line each. The API document has the same order. */
export const features: readonly Type[] = [
  HealthModule,
  IdentityModule,
  TasksModule,
  TagsModule,
  ProjectsModule,
  TeamsModule,
  InvitesModule,
  AccountPagesModule,
  PrivacyModule,
  OauthModule,
  ValidationsModule,
  AnalyticsModule,
  ErrorsModule,
  AuditModule,
  ChangesModule,
  PerformanceModule,
  LiveModule,
  WebhooksModule,
];
