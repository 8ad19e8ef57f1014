import { once } from 'node:events';

/** Ends the guard's input and waits until it has removed the server and its folder. */
export default async function tearDown() {
  const guard = globalThis.testPostgresGuard;
  if (!guard) return;
  guard.ref();
  const gone = once(guard, 'exit');
  guard.stdin.end();
  await gone;
}
