import type { FastifyRequest } from 'fastify';
import { Fault } from '../faults/fault.js';
import { originAllowed } from './origin.js';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The configuration of a route that takes the form of a page, as text. */
export const FORM_ROUTE = { config: { isPublic: true, textBody: 16 * 1024, textTypes: [FORM_TYPE] } };

/** A page of another site may not sign a browser in or out, nor act for the user who is signed in (CSRF). */
export function refuseOtherPages({ headers }: FastifyRequest): void {
  const isForeign = headers['sec-fetch-site'] === 'cross-site' || !originAllowed(headers.origin, headers.host, []);
  if (isForeign) throw new Fault('FORBIDDEN', 'Open this page directly. Another site has sent you here.');
}

/** The fields of a form, as its route got it. */
export function formOf({ body }: FastifyRequest): URLSearchParams {
  return new URLSearchParams(typeof body === 'string' ? body : '');
}
