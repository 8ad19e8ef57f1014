/**
 * The path to go to after signing in; `/` unless it is a path of this service. A link to the sign-in page must not lead to
 * another site (`//evil.example`, `/\evil.example`).
 */
export function localPath(next: string | undefined): string {
  if (next === undefined || !/^\/[^/\\]/.test(next) || /[\\\p{Cc}]/u.test(next)) return '/';
  const here = 'http://here';
  const url = URL.canParse(next, here) ? new URL(next, here) : null;
  return url?.origin === here ? `${url.pathname}${url.search}` : '/';
}
