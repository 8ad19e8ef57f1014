import { Described } from '../../platform/schema/description.js';
import type { Type } from '@nestjs/common';
import { Property } from '../../platform/schema/property.js';
import { BUCKETS } from './time-buckets.js';

type Documented = PropertyDecorator;

export const count = (description: string): Documented => Property({ description, type: 'integer', minimum: 0 });
export const instant = (description: string): Documented =>
  Property({ description, type: 'string', format: 'date-time' });
// Swagger uses the name of the function as the name of a lazily resolved type.
export const nested = (description: string, look: () => Type | [Type], nullable = false): Documented =>
  Property({ description, type: () => look(), ...(nullable ? { nullable } : {}) });
export const key = (description: string, format?: string): Documented =>
  Property({ description, type: 'string', nullable: true, ...(format === undefined ? {} : { format }) });
export const share = (description: string): Documented =>
  Property({ description, type: 'number', minimum: 0, maximum: 1, nullable: true });
const seconds = (description: string): Documented =>
  Property({ description, type: 'number', minimum: 0, nullable: true });

/** The window of the figures: the requested one, widened to whole quarters of an hour. */
export class AnalyticsWindow {
  @instant('Beginning, inclusive.')
  from: string;

  @instant('End, exclusive.')
  to: string;

  @Property({ description: 'What the window is cut into.', type: 'string', enum: BUCKETS })
  bucket: string;

  @Property({ description: 'Whose clocks say where a bucket begins.', type: 'string', example: 'Europe/Berlin' })
  timeZone: string;
}

@Described('Durations in seconds; null if there are none. Percentiles interpolate (percentile_cont).')
export class Durations {
  @count('How many were measured.')
  count: number;

  @seconds('Arithmetic mean, in seconds.')
  mean: number | null;

  @seconds('Median, in seconds.')
  p50: number | null;

  @seconds('75th percentile, in seconds.')
  p75: number | null;

  @seconds('90th percentile, in seconds.')
  p90: number | null;

  @seconds('95th percentile, in seconds.')
  p95: number | null;
}
