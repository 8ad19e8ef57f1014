/** Everything that an administrator may do. It is granted only when it is asked for by name and confirmed. */
export const EVERYTHING = '*';

const MEANINGS: Readonly<Record<string, string>> = {
  read: 'see',
  write: 'make, change and delete',
  delete: 'delete',
  create: 'make',
  report: 'report',
};

/** What the page says about a permission such as `tasks:write`. */
export function meaningOf(scope: string): string {
  if (scope === EVERYTHING) return 'Everything that you may do as an administrator, for all users and teams';
  const [subject = '', action = ''] = scope.split(':');
  const verb = MEANINGS[action];
  const sentence = verb === undefined ? scope : `${verb} ${subject.replaceAll('_', ' ')}`;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} (${scope})`;
}

/** What a client may have of what it asks for: permissions that there are and that the user has. */
export function grantableScopes(
  asked: readonly string[],
  known: ReadonlySet<string>,
  held: readonly string[],
): readonly string[] {
  const has = (scope: string): boolean => held.includes(EVERYTHING) || held.includes(scope);
  return [...new Set(asked)].filter((scope) => (scope === EVERYTHING || known.has(scope)) && has(scope));
}
