import type { Setting } from './setting.js';
import { settings } from './settings.js';

function block(name: string, setting: Setting<unknown>): string {
  const secret = setting.secret ? ' Secret.' : '';
  return `# ${setting.about}${secret}\n# ${name}=${setting.example ?? ''}`;
}

/** The text of `.env.example`. Every variable is commented out, because each has a default or is optional. */
export function environmentExample(): string {
  const blocks = Object.entries(settings).map(([name, setting]) => block(name, setting));
  return `${['# Made by npm run generate from src/platform/config/settings.ts.', ...blocks].join('\n\n')}\n`;
}
