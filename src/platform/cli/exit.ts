/** Exit codes: part of the interface, scripts branch on them. */
export const EXIT = {
  /** The command was carried out. */
  ok: 0,
  /** The service refused: not found, not allowed, conflict. */
  refused: 1,
  /** The command line or its input is wrong. */
  usage: 2,
  /** The service cannot be reached or failed. */
  unavailable: 3,
} as const;

/** Ends the command with one plain message. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
    /** The service's own problem document, for --json. */
    readonly problem?: unknown,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}
