/** A problem that the operator has to fix before the service can start: one sentence, no stack. */
export class StartupProblem extends Error {
  override readonly name = 'StartupProblem';
}
