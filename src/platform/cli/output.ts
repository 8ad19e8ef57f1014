import type { Command } from 'commander';
import type { ClientConfig } from '../config/client.js';
import { loadClientConfig } from '../config/client.js';
import { Api } from './api.js';

/** The context of a command. */
export interface Context {
  /** The URL of the service and the API key. */
  readonly config: ClientConfig;
  readonly api: Api;
  readonly json: boolean;
  print(text: string): void;
  /** Prints the value as JSON with --json, else the text. */
  show(value: unknown, text: () => string): void;
}

interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly apiKey?: string;
}

/** Reads the context of a command from the options before and after it. */
export function contextOf(command: Command): Context {
  const options = command.optsWithGlobals<GlobalOptions>();
  const found = loadClientConfig();
  const config = { url: (options.url ?? found.url).replace(/\/+$/, ''), apiKey: options.apiKey ?? found.apiKey };
  const json = options.json ?? false;
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  return {
    config,
    api: new Api(config),
    json,
    print,
    show: (value, text) => print(json ? JSON.stringify(value, null, 2) : text()),
  };
}

const GAP = '  ';

/** Formats left-aligned columns; the last one is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join(GAP),
    )
    .join('\n');
}
