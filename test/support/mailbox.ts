import type { AddressInfo } from 'node:net';
import type { ParsedMail } from 'mailparser';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail server on loopback that keeps what it is sent. */
export interface Mailbox {
  /** The environment of a service that sends its mail here. */
  readonly env: Readonly<Record<string, string>>;
  readonly mails: readonly ParsedMail[];
  /** The first mail to an address, whatever its case, that is not taken yet, once it is there; it is taken. */
  take(to: string): Promise<ParsedMail>;
  /** The token of the link in that mail. */
  takeToken(to: string): Promise<string>;
  /** Answers the next mails with a temporary failure. */
  refuse(times: number): void;
  close(): Promise<void>;
}

const recipientOf = (mail: ParsedMail): string => [mail.to ?? []].flat()[0]?.value[0]?.address?.toLowerCase() ?? '';

export async function startMailbox(): Promise<Mailbox> {
  const mails: ParsedMail[] = [];
  const taken = new Set<ParsedMail>();
  const waiting = new Map<string, (() => void)[]>();
  let refusals = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      simpleParser(stream).then(
        (mail) => {
          if (refusals > 0) {
            refusals -= 1;
            done(Object.assign(new Error('try again'), { responseCode: 451 }));
            return;
          }
          mails.push(mail);
          for (const wake of waiting.get(recipientOf(mail))?.splice(0) ?? []) wake();
          done();
        },
        (error: unknown) => done(error as Error),
      );
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const take = async (address: string): Promise<ParsedMail> => {
    const to = address.toLowerCase();
    for (;;) {
      const mail = mails.find((one) => recipientOf(one) === to && !taken.has(one));
      if (mail) {
        taken.add(mail);
        return mail;
      }
      await new Promise<void>((resolve) => waiting.set(to, [...(waiting.get(to) ?? []), resolve]));
    }
  };
  return {
    env: {
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: 'TaskMaster <taskmaster@example.test>',
      PUBLIC_URL: 'https://taskmaster.example.test',
    },
    mails,
    take,
    takeToken: async (to) => /\?code=([\w-]+)/.exec((await take(to)).text ?? '')?.[1] ?? '',
    refuse: (times) => {
      refusals = times;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
