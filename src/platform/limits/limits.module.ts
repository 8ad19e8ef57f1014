import { Module } from '@nestjs/common';
import { LimitsJobs } from './limits.jobs.js';
import { RequestLimits } from './request-limits.js';

/** How many requests a credential or an address may send in a minute. */
@Module({ providers: [RequestLimits, LimitsJobs], exports: [RequestLimits] })
export class LimitsModule {}
