import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import type { TokenAnswer } from './oauth-flow.js';
import { Browser, postForm, startOauthApp } from './oauth-flow.js';
import { userWithPassword } from './password-user.js';

const CLIENT = 'taskmaster-cli';

interface Started {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
}

let app: TestApp;

beforeAll(async () => {
  app = await startOauthApp();
  await userWithPassword(app, 'ada');
  await userWithPassword(app, 'eve');
});
afterAll(() => app.close());

async function start(): Promise<Started> {
  const answer = await postForm(`${app.url}/oauth/device`, { client_id: CLIENT, scope: 'tasks:read' });
  expect(answer.status).toBe(200);
  return answer.body as unknown as Started;
}

const poll = (deviceCode: string): Promise<TokenAnswer> =>
  postForm(`${app.url}/oauth/token`, {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: CLIENT,
    device_code: deviceCode,
  });

const hidden = (text: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';

/** Types the code and says that the device is one's own; returns the page that asks. */
async function confirm(browser: Browser, userCode: string, more: Record<string, string> = { confirm: 'yes' }) {
  const form = await browser.open('/device');
  const xsrf = hidden(form.text, 'xsrf');
  const shown = await browser.post('/device', { xsrf, user_code: userCode });
  if (!shown.text.includes('Is this your device?')) return shown;
  return browser.post('/device', { xsrf, user_code: hidden(shown.text, 'user_code'), ...more });
}

async function allow(browser: Browser, userCode: string): Promise<string> {
  const { location } = await confirm(browser, userCode);
  const page = location.slice(app.url.length);
  const answered = await browser.post(page, { scope: 'tasks:read' });
  return (await browser.open(answered.location.slice(app.url.length))).text;
}

describe('signing in a device', () => {
  it('waits until its user has typed the code and agreed', async () => {
    const { device_code: device, user_code: code, verification_uri: at } = await start();
    expect([code, at]).toEqual([expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/), `${app.url}/device`]);
    expect((await poll(device)).body.error).toBe('authorization_pending');
    const browser = await new Browser(app.url).signIn('ada');
    expect(await allow(browser, code.toLowerCase())).toContain('Your device is signed in');
    const { status, body } = await poll(device);
    expect([status, body.scope]).toEqual([200, 'tasks:read']);
    const me = await new Client(app.url)
      .with({ authorization: `Bearer ${body.access_token}` })
      .get<{ username: string }>('/auth/me');
    expect(me.body.data.username).toBe('ada');
  });

  it('gives the tokens once, also to a hundred requests at the same moment', async () => {
    const { device_code: device, user_code: code } = await start();
    await allow(await new Browser(app.url).signIn('ada'), code);
    const answers = await Promise.all(Array.from({ length: 100 }, () => poll(device)));
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    expect((await poll(device)).body.error).toBe('invalid_grant');
  });

  it('ends when the user says that the device is not theirs, or refuses', async () => {
    const browser = await new Browser(app.url).signIn('ada');
    const first = await start();
    await confirm(browser, first.user_code, { confirm: 'yes', abort: 'yes' });
    expect((await poll(first.device_code)).body.error).toBe('access_denied');
    const second = await start();
    const { location } = await confirm(browser, second.user_code);
    const refused = await browser.post(location.slice(app.url.length), { deny: 'yes' });
    await browser.open(refused.location.slice(app.url.length));
    expect((await poll(second.device_code)).body.error).toBe('access_denied');
  });

  it('is decided by the first who confirms the code', async () => {
    const { device_code: device, user_code: code } = await start();
    const ada = await new Browser(app.url).signIn('ada');
    const eve = await new Browser(app.url).signIn('eve');
    const forms = await Promise.all([ada, eve].map((browser) => browser.open('/device')));
    const both = await Promise.all(
      [ada, eve].map((browser, place) =>
        browser.post('/device', { xsrf: hidden(forms[place]!.text, 'xsrf'), user_code: code, confirm: 'yes' }),
      ),
    );
    expect(both.filter(({ location }) => location.includes('/consent/')).length).toBe(1);
    expect((await poll(device)).body.error).toBe('authorization_pending');
  });

  it('cannot be done with the code that is typed', async () => {
    const { user_code: code } = await start();
    for (const guess of [code, code.replace('-', '')]) expect((await poll(guess)).body.error).toBe('invalid_grant');
  });
});

describe('the page /device', () => {
  it('asks for sign-in first and keeps the code of the link', async () => {
    const { user_code: code, verification_uri_complete: link } = await start();
    const browser = new Browser(app.url);
    const asked = await browser.open(link.slice(app.url.length));
    expect(asked.path).toBe(`/sign-in?next=${encodeURIComponent(`/device?user_code=${code}`)}`);
    await browser.signIn('ada');
    const form = await browser.open(link.slice(app.url.length));
    expect(form.text).toContain(`value="${code}"`);
    expect(form.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('is not used by the page of another site, nor without its token', async () => {
    const { user_code: code } = await start();
    const browser = await new Browser(app.url).signIn('ada');
    const { text } = await browser.open('/device');
    const form = { xsrf: hidden(text, 'xsrf'), user_code: code, confirm: 'yes' };
    expect((await browser.post('/device', form, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await browser.post('/device', { ...form, xsrf: 'x' })).status).toBe(400);
  });

  it('says that a code is wrong', async () => {
    const browser = await new Browser(app.url).signIn('ada');
    expect((await confirm(browser, 'BBBB-BBBB')).text).toContain('This code is wrong');
  });
});
