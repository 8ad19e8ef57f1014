import { Module } from '@nestjs/common';
import { LimitsJobs } from './limits.jobs.js';
import { RequestLimits } from './request-limits.js';

/** Limits the requests of each credential and address per minute. */
@Module({ providers: [RequestLimits, LimitsJobs], exports: [RequestLimits] })
export class LimitsModule {}
