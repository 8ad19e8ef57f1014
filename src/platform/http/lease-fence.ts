import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { invalid } from '../faults/fault.js';

/** Documents the Lease-Fence header of a route. */
export function Fenced(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Lease-Fence',
      required: false,
      description: 'Fence of the lease that the write is made under. 409 LEASE_LOST when the lease is no longer valid.',
      schema: { type: 'integer', minimum: 1 },
    }),
  );
}

/**
 * The fence of the lease that a write is made under; null without the header.
 * @throws Fault VALIDATION_FAILED
 */
export function leaseFence(request: FastifyRequest): number | null {
  const value = request.headers['lease-fence'];
  if (value === undefined) return null;
  if (typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value.trim())) return Number(value);
  throw invalid([{ path: 'header.Lease-Fence', message: 'must be the fence of a lease', code: 'INVALID_HEADER' }]);
}
