/** Exit codes, which scripts branch on. */
export const EXIT = {
  /** The command has succeeded. */
  ok: 0,
  /** The service has refused: not found, not allowed, conflict. */
  refused: 1,
  /** The command line or its input is wrong. */
  usage: 2,
  /** The service cannot be reached or failed. */
  unavailable: 3,
} as const;

/** Ends the command with a message. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
    /** The problem document of the service, for --json. */
    readonly problem?: unknown,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}
