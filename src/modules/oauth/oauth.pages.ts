import type { Page } from '../../platform/http/page.js';
import { EVERYTHING, meaningOf } from './oauth-scopes.js';

interface Consent {
  readonly action: string;
  readonly client: string;
  /** Where the answer goes; null for a device, which fetches it. */
  readonly target: string | null;
  /** Who is signed in. */
  readonly user: string;
  readonly scopes: readonly string[];
  readonly isTools: boolean;
  readonly problem?: string;
}

/** Whether the user allows a client what it asks for. */
export function consentPage({ action, client, target, user, scopes, isTools, problem }: Consent): Page {
  const reach = isTools ? ' through the tools for agents' : '';
  return {
    title: `Allow ${client}?`,
    paragraphs: [
      `${client} asks to act as you (${user}) in TaskMaster${reach}. It can never do more than you may.`,
      ...(target === null ? [] : [`The answer goes to ${target}.`]),
      'Untick what it must not do:',
    ],
    problem,
    forms: [
      {
        action,
        submit: 'Allow',
        fields: [],
        checks: scopes.map((scope) => ({
          name: 'scope',
          value: scope,
          label: meaningOf(scope),
          // Being an administrator is never passed on by default.
          isChecked: scope !== EVERYTHING,
        })),
        other: { name: 'deny', label: 'Refuse' },
      },
    ],
    links: [{ href: '/sign-in', label: 'Use another account' }],
  };
}

interface DeviceForm {
  readonly xsrf: string;
  readonly code: string;
}

/** Where somebody types the code that a device shows. */
export function codePage({ xsrf, code, failed }: DeviceForm & { readonly failed: boolean }): Page {
  return {
    title: 'Sign in a device',
    paragraphs: ['Enter the code that the device or program shows.'],
    problem: failed ? 'This code is wrong, has expired or was used.' : undefined,
    forms: [
      {
        action: '/device',
        submit: 'Continue',
        hidden: { xsrf },
        fields: [{ name: 'user_code', label: 'Code', type: 'text', autocomplete: 'off', value: code }],
      },
    ],
  };
}

interface Confirmation extends DeviceForm {
  readonly client: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** The code once more: somebody may have been sent a link with the code of a stranger's device. */
export function confirmPage({ xsrf, code, client, ip, userAgent }: Confirmation): Page {
  return {
    title: 'Is this your device?',
    paragraphs: [
      `${client} asks from ${ip ?? 'an unknown address'} (${userAgent ?? 'no name'}). Continue only if you have started it yourself and it shows this code:`,
    ],
    code,
    forms: [
      {
        action: '/device',
        submit: 'Continue',
        hidden: { xsrf, user_code: code, confirm: 'yes' },
        fields: [],
        other: { name: 'abort', label: 'This is not mine' },
      },
    ],
  };
}

export function deviceDonePage(): Page {
  return { title: 'Your device is signed in', paragraphs: ['You can close this page.'] };
}

export function refusedPage(detail: string): Page {
  return { title: 'This did not work', paragraphs: [], problem: detail };
}
