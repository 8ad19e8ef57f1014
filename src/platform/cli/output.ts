import type { Command } from 'commander';
import type { ClientConfig } from '../config/client.js';
import { loadClientConfig } from '../config/client.js';
import { Api } from './api.js';
import type { Credential } from './credential.js';
import { credentialOf } from './credential.js';
import { escapeJson, onLines, onOneLine, printable } from './printable.js';
import type { Terminal } from './terminal.js';
import { terminalOf } from './terminal.js';

/** The context of a command. */
export interface Context {
  /** The URL of the service and the API key. */
  readonly config: ClientConfig;
  readonly credential: Credential;
  readonly api: Api;
  readonly terminal: Terminal;
  readonly json: boolean;
  /** Prints the value as JSON with --json, else the text that is made of its escaped copy. */
  show<T>(value: T, text: (shown: T) => string): void;
  /** Prints one of several values on a line, for programs that read them as they come. */
  showLine<T>(value: T, text: (shown: T) => string): void;
}

interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly apiKey?: string;
}

/** Reads the context of a command from the options before and after it. */
export function contextOf(command: Command): Context {
  const options = command.optsWithGlobals<GlobalOptions>();
  const terminal = terminalOf(command);
  const found = loadClientConfig(terminal.env);
  const config = {
    url: (options.url ?? found.url).replace(/\/+$/, ''),
    apiKey: options.apiKey ?? found.apiKey,
    isKeyGiven: options.apiKey !== undefined || found.isKeyGiven,
  };
  const credential = credentialOf(config, terminal.env);
  const json = options.json ?? false;
  const write = (text: string): void => void terminal.stdout.write(`${text}\n`);
  const print = <T>(value: T, text: (shown: T) => string, indent: number): void =>
    write(json ? escapeJson(JSON.stringify(value, null, indent)) : onLines(text(printable(value))));
  return {
    config,
    credential,
    api: new Api(config, credential),
    terminal,
    json,
    show: (value, text) => print(value, text, 2),
    showLine: (value, text) => print(value, text, 0),
  };
}

const GAP = '  ';

/** Formats left-aligned columns; the last one is not padded. A cell has one line, or it would pass for another row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows.map((row) => row.map(onOneLine))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join(GAP),
    )
    .join('\n');
}
