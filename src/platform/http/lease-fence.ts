import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { invalid } from '../faults/fault.js';

/** Documents the header of a route whose write may be done under a lease. */
export function Fenced(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Lease-Fence',
      required: false,
      description: 'Fence of the lease that this is done under; 409 LEASE_LOST when that lease is not live any more.',
      schema: { type: 'integer', minimum: 1 },
    }),
  );
}

/**
 * The lease under which a write is done: null without the header.
 * @throws Fault VALIDATION_FAILED
 */
export function leaseFence(request: FastifyRequest): number | null {
  const value = request.headers['lease-fence'];
  if (value === undefined) return null;
  if (typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value.trim())) return Number(value);
  throw invalid([{ path: 'header.Lease-Fence', message: 'must be the fence of a lease', code: 'INVALID_HEADER' }]);
}
