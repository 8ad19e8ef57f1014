/** Something the operator has to put right before the service can start: one plain sentence, no stack. */
export class StartupProblem extends Error {
  override readonly name = 'StartupProblem';
}
