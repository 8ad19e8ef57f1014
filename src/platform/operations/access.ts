import { Needs, SignedIn } from '../auth/permission.js';
import type { OperationSpec } from './operation.js';

/** What the guard reads from a handler or resolver of an operation. */
export function accessTo({ permission }: OperationSpec): MethodDecorator {
  if (permission === 'signed-in') return SignedIn();
  return typeof permission === 'string' ? Needs(permission) : Needs(...(permission as readonly [string]));
}
