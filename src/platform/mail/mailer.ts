import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transporter } from 'nodemailer';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { SmtpLogin } from '../config/mail-config.js';
import type { Mail } from './mail.js';

/** Milliseconds for each step of the conversation with the server. A job that takes longer would hold a slot of the queue. */
const STEP_MS = 10_000;

/** Sends mail through SMTP, or writes it to files of the mailbox when no server is configured. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  readonly #logger = new Logger(Mailer.name);
  readonly #mailbox: string;
  // Loaded with the first mail: most processes never send one.
  #transport: Promise<Transporter> | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.#mailbox = join(config.dataFolder, 'mail');
  }

  /** @throws Error that names no address, because the job library logs and stores it */
  async send({ to, text }: Mail): Promise<void> {
    const { htmlOf, plainOf } = await import('./mail-layout.js');
    const message = {
      from: this.config.mail.from,
      to,
      subject: text.subject,
      text: plainOf(text),
      html: htmlOf(text),
      // No out-of-office answers to the sender (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': text.language },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    const transport = await (this.#transport ??= this.#open());
    if (this.config.mail.smtp) await transport.sendMail(message).catch(withoutAddresses);
    else await this.#write(transport, message);
  }

  async onApplicationShutdown(): Promise<void> {
    (await this.#transport)?.close();
  }

  async #open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { smtp } = this.config.mail;
    if (smtp) return createTransport(optionsOf(smtp));
    return createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  }

  async #write(transport: Transporter, message: object): Promise<void> {
    await mkdir(this.#mailbox, { recursive: true, mode: 0o700 });
    const { message: content } = (await transport.sendMail(message)) as unknown as { message: Buffer };
    const file = join(this.#mailbox, `${new Date().toISOString().replaceAll(':', '')}-${randomUUID().slice(0, 8)}.eml`);
    await writeFile(file, content, { mode: 0o600 });
    this.#logger.log(`SMTP_URL is not set, so a mail was written to ${file}`);
  }
}

function optionsOf({ host, port, isSecure, allowsPlain, user, password }: SmtpLogin): object {
  return {
    host,
    port,
    secure: isSecure,
    requireTLS: !isSecure && !allowsPlain,
    pool: true,
    maxConnections: 2,
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    ...(user === undefined ? {} : { auth: { user, pass: password } }),
  };
}

function withoutAddresses(error: unknown): never {
  const { code = 'failed', responseCode } = error as { readonly code?: string; readonly responseCode?: number };
  throw new Error(`The mail server did not take the mail (${[code, responseCode].filter(Boolean).join(' ')}).`);
}
