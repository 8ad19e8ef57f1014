/**
 * The path to go to after signing in; `/` unless it is a path of this service. A link to the sign-in page must not lead to
 * another site. The path is judged as browsers will read it: `/.//evil.example` becomes `//evil.example`.
 */
export function localPath(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || /[\\\p{Cc}]/u.test(next)) return '/';
  const here = 'http://here';
  const url = URL.canParse(next, here) ? new URL(next, here) : null;
  const path = url?.origin === here ? `${url.pathname}${url.search}` : '/';
  return path.startsWith('//') ? '/' : path;
}
