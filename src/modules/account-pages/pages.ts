import type { Config } from '../../platform/config/config.js';
import { PASSWORD_MIN } from '../identity/identity.dto.js';
import type { Field, Page } from '../../platform/http/page.js';
import type { FoundInvite } from '../invites/invite-acceptance.service.js';

const email = (value = ''): Field => ({
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
  value,
});
const newPassword: Field = {
  name: 'password',
  label: `New password (at least ${PASSWORD_MIN} characters)`,
  type: 'password',
  autocomplete: 'new-password',
};

interface SignIn {
  readonly next: string;
  readonly email?: string;
  readonly problem?: string;
  readonly asksForCode?: boolean;
  /** The name of an OpenID provider. */
  readonly provider?: string | undefined;
}

const code: Field = {
  name: 'code',
  label: 'Code of the authenticator app, or a recovery code',
  type: 'text',
  autocomplete: 'one-time-code',
};

export function signInPage({ next, email: address = '', problem, asksForCode = false, provider }: SignIn): Page {
  return {
    title: 'Sign in',
    paragraphs: [],
    problem,
    forms: [
      {
        action: '/sign-in',
        submit: 'Sign in',
        hidden: { next },
        fields: [
          email(address),
          { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
          ...(asksForCode ? [code] : []),
        ],
      },
    ],
    links: [
      ...(provider === undefined
        ? []
        : [{ href: `/sign-in/oidc?next=${encodeURIComponent(next)}`, label: `Sign in with ${provider}` }]),
      { href: '/reset', label: 'Forgotten password?' },
    ],
  };
}

export function signedInPage(): Page {
  return {
    title: 'You are signed in',
    paragraphs: [],
    forms: [{ action: '/sign-out', submit: 'Sign out', fields: [] }],
    links: [{ href: '/', label: 'Start page' }],
  };
}

export function verifyPage(code: string, problem?: string): Page {
  return {
    title: 'Verify your e-mail address',
    paragraphs: problem === undefined ? ['One click, and the address is verified.'] : [],
    problem,
    forms: problem === undefined ? [{ action: '/verify', submit: 'Verify', hidden: { code }, fields: [] }] : [],
    links: [{ href: '/sign-in', label: 'Sign in' }],
  };
}

export function forgottenPage(address = '', problem?: string): Page {
  return {
    title: 'Reset your password',
    paragraphs: ['A link to choose a new password is mailed to your address.'],
    problem,
    forms: [{ action: '/reset', submit: 'Send the link', fields: [email(address)] }],
    links: [{ href: '/sign-in', label: 'Sign in' }],
  };
}

export function resetPage(code: string, problem?: string): Page {
  return {
    title: 'Choose a new password',
    paragraphs: [],
    problem,
    forms: [{ action: '/reset', submit: 'Change the password', hidden: { code }, fields: [newPassword] }],
    links: [{ href: '/reset', label: 'Send another link' }],
  };
}

function invitationOf({ inviterName, teamName }: FoundInvite): string {
  const inviter = inviterName ?? 'Somebody';
  return teamName === null
    ? `${inviter} invites you to work with them in TaskMaster.`
    : `${inviter} invites you to join the team ${teamName}.`;
}

/** For somebody who is signed in. */
export function acceptPage(code: string, invite: FoundInvite, problem?: string): Page {
  return {
    title: 'Accept the invitation',
    paragraphs: [invitationOf(invite), `The invitation is for ${invite.email}.`],
    problem,
    forms: [{ action: '/invite', submit: 'Accept', hidden: { code }, fields: [] }],
    links: [{ href: `/sign-in`, label: 'Use another account' }],
  };
}

interface Invited {
  readonly code: string;
  readonly invite: FoundInvite;
  readonly registration: Config['registration'];
  readonly name?: string;
  readonly problem?: string;
}

/** For somebody who is not signed in: signing in, or an account of their own. */
export function invitePage({ code, invite, registration, name = '', problem }: Invited): Page {
  const signIn = { href: `/sign-in?next=${encodeURIComponent(`/invite?code=${code}`)}`, label: 'Sign in to accept' };
  const paragraphs = [invitationOf(invite), `The invitation is for ${invite.email}.`];
  if (invite.hasAccount || registration === 'closed') {
    const more = invite.hasAccount ? [] : ['Administrators make the accounts here.'];
    return { title: 'You are invited', paragraphs: [...paragraphs, ...more], problem, links: [signIn] };
  }
  return {
    title: 'You are invited',
    paragraphs: [...paragraphs, 'Choose how others see you, and a password.'],
    problem,
    forms: [
      {
        action: '/invite',
        submit: 'Make the account and accept',
        hidden: { code },
        fields: [{ name: 'name', label: 'Your name', type: 'text', autocomplete: 'name', value: name }, newPassword],
      },
    ],
  };
}

export function donePage(title: string, text?: string): Page {
  return {
    title,
    paragraphs: text === undefined ? [] : [text],
    links: [
      { href: '/sign-in', label: 'Sign in' },
      { href: '/', label: 'Start page' },
    ],
  };
}
