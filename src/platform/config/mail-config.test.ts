import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';
import { mailProblems } from './mail-config.js';
import { readEnvironment } from './settings.js';

const WITH_SERVER = {
  SMTP_URL: 'smtp://grace@mail.example.com',
  SMTP_PASSWORD: 'secret',
  MAIL_FROM: 'TaskMaster <taskmaster@example.com>',
  PUBLIC_URL: 'https://taskmaster.example.com/base/',
};

const problems = (env: Record<string, string>): string[] => {
  const { environment, problems: own } = readEnvironment(env);
  return [...own, ...mailProblems(environment)];
};

describe('mail', () => {
  it('goes to files by default, and accounts come by invitation', () => {
    expect(loadConfig({})).toMatchObject({ registration: 'invite', publicUrl: undefined, mail: { smtp: undefined } });
  });

  it('takes the password from SMTP_PASSWORD when the URL has none', () => {
    const { mail, publicUrl } = loadConfig(WITH_SERVER);
    const smtp = { host: 'mail.example.com', port: 587, isSecure: false, user: 'grace', password: 'secret' };
    expect(mail).toMatchObject({ smtp, from: WITH_SERVER.MAIL_FROM });
    expect(publicUrl).toBe('https://taskmaster.example.com/base');
    const own = loadConfig({ ...WITH_SERVER, SMTP_URL: 'smtps://grace:a%40b@mail.example.com' });
    expect(own.mail.smtp).toMatchObject({ port: 465, isSecure: true, password: 'a@b' });
  });

  it('goes without TLS to a loopback address alone', () => {
    const allowsPlain = (host: string): boolean | undefined =>
      loadConfig({ ...WITH_SERVER, SMTP_URL: `smtp://${host}:2525` }).mail.smtp?.allowsPlain;
    expect(['localhost', '127.0.0.1', '[::1]'].map(allowsPlain)).toEqual([true, true, true]);
    expect(['mail.example.com', '10.0.0.1', '127.0.0.1.example.com'].map(allowsPlain)).toEqual([false, false, false]);
  });

  it.each([
    [
      { SMTP_URL: 'http://mail' },
      ['SMTP_URL must be an smtp:// or smtps:// URL, such as smtp://user@mail.example.com:587.'],
    ],
    [{ SMTP_URL: 'smtp://mail' }, ['PUBLIC_URL is needed with SMTP_URL.', 'MAIL_FROM is needed with SMTP_URL.']],
    [{ SMTP_PASSWORD: 'secret' }, ['SMTP_PASSWORD has no meaning without SMTP_URL.']],
    [
      { ...WITH_SERVER, SMTP_PASSWORD: '' },
      ['SMTP_URL names a user and no password; put it there or into SMTP_PASSWORD.'],
    ],
    [{ REGISTRATION: 'anyone' }, ['REGISTRATION must be one of open, invite, closed.']],
    [
      { PUBLIC_URL: 'https://a.example/?x=1' },
      ['PUBLIC_URL must be a URL without a query, such as https://taskmaster.example.com.'],
    ],
    [
      { MAIL_FROM: 'TaskMaster' },
      ['MAIL_FROM must be an e-mail address, such as TaskMaster <taskmaster@example.com>.'],
    ],
  ])('is refused in one sentence for each problem: %j', (env, sentences) => {
    expect(problems(env)).toEqual(sentences);
  });
});
