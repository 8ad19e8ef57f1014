import { oneOf, optional, text } from './setting.js';
import type { Setting } from './setting.js';

const smtpUrl = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new Error('must be an smtp:// or smtps:// URL, such as smtp://user@mail.example.com:587');
  }
  return value;
};

const publicUrl = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new Error('must be a URL without a query, such as https://taskmaster.example.com');
  }
  return value.replace(/\/+$/, '');
};

const mailbox = (value: string): string => {
  if (!/^[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>$/.test(value) && !/^[^\s<>@]+@[^\s<>@]+$/.test(value)) {
    throw new Error('must be an e-mail address, such as TaskMaster <taskmaster@example.com>');
  }
  return value;
};

/** Who may have an account, and the mail to them. */
export const mailSettings = {
  REGISTRATION: {
    about:
      'Who may create an account: open (everybody), invite (people who were invited by e-mail) or closed (nobody; administrators create accounts).',
    example: 'invite',
    fallback: 'invite' as const,
    parse: oneOf('open', 'invite', 'closed'),
  },
  PUBLIC_URL: optional<string>({
    about:
      'Where people reach the service: links in mail begin with it. Never taken from a request, whose Host header a stranger chooses. Needed with SMTP_URL; else it is the address that the service listens on.',
    example: 'https://taskmaster.example.com',
    parse: publicUrl,
  }),
  SMTP_URL: optional<string>({
    about:
      'Server that sends mail: smtps:// (TLS), or smtp:// with STARTTLS, which is required except for a loopback address. Without it, mail is written to files in the folder mail of TASKMASTER_DATA.',
    example: 'smtp://taskmaster@mail.example.com:587',
    secret: true,
    parse: smtpUrl,
  }),
  SMTP_PASSWORD: optional<string>({ about: 'Password for SMTP_URL, if that has none.', secret: true, parse: text }),
  MAIL_FROM: optional<string>({
    about: 'Sender of mail. Needed with SMTP_URL.',
    example: 'TaskMaster <taskmaster@example.com>',
    parse: mailbox,
  }),
} as const satisfies Record<string, Setting<unknown>>;
