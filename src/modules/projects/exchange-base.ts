import { hash } from 'node:crypto';
import type { Session } from '../../platform/auth/session.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { ProjectRow } from './project.queries.js';
import type { Exchange, NewExchange } from './task-exchanges.queries.js';
import { forgetExchanges, recordExchanges } from './task-exchanges.queries.js';
import type { ListBase, TaskBase } from './tasks-json/tasks-json.base.js';
import { UPDATED_AT, baseOf } from './tasks-json/tasks-json.base.js';
import type { ImportedList } from './tasks-json/tasks-json.model.js';

/** The time of a task tells an exported state from the one before: it counts for more than a value. */
const TIME_WEIGHT = 2;

export function statesOf(list: ImportedList): ListBase {
  return new Map(list.tasks.map((task) => [task.ref, baseOf(task)]));
}

/** How much of the file a state has. */
function scoreOf(file: ListBase, state: (ref: string) => TaskBase | undefined): number {
  let score = 0;
  for (const [ref, parts] of file) {
    const other = state(ref);
    if (other === undefined) continue;
    for (const [name, value] of Object.entries(parts)) {
      if (!Object.hasOwn(other, name) || String(other[name]) !== String(value)) continue;
      score += name === UPDATED_AT ? TIME_WEIGHT : 1;
    }
  }
  return score;
}

const isOwnImport = (one: Exchange, source: string): boolean => one.direction === 'import' && one.source === source;

const lookup =
  ({ tasks }: Exchange) =>
  (ref: string): TaskBase | undefined =>
    Object.hasOwn(tasks, ref) ? tasks[ref] : undefined;

/**
 * The state that the file descends from, of those it may have. Files do not say it, so it is the one with which it has
 * the most in common. Where its source has imported before, that state is certain unless it was replaced by an export;
 * a file of an unknown source must have half of its parts in common with a state, or it is another list.
 */
function chooseBase(list: ImportedList, exchanges: readonly Exchange[], source: string): ListBase | undefined {
  const own = exchanges.find((one) => isOwnImport(one, source));
  if (own !== undefined && exchanges.length === 1) return toBase(own);
  if (exchanges.length === 0) return undefined;
  const file = statesOf(list);
  const whole = scoreOf(file, (ref) => file.get(ref));
  let [best, most] = [own, own === undefined ? 0 : scoreOf(file, lookup(own))];
  for (const one of exchanges) {
    const score = scoreOf(file, lookup(one));
    if (score > most) [best, most] = [one, score];
  }
  if (best === undefined || (own === undefined && (most === 0 || most * 2 < whole))) return undefined;
  return toBase(best);
}

function toBase({ tasks }: Exchange): ListBase {
  return new Map(Object.entries(tasks));
}

/** What was last exchanged, by list. A list that the file has no more is known from the last import of its source. */
export function basesOf(
  lists: readonly ImportedList[],
  exchanges: readonly Exchange[],
  source: string,
): ReadonlyMap<string, ListBase> {
  const bases = new Map<string, ListBase>();
  const inFile = new Map(lists.map((list) => [list.name, list]));
  for (const name of new Set(exchanges.map(({ list }) => list))) {
    const states = exchanges.filter((one) => one.list === name);
    const list = inFile.get(name);
    const own = states.find((one) => isOwnImport(one, source));
    const base = list === undefined ? own && toBase(own) : chooseBase(list, states, source);
    if (base !== undefined) bases.set(name, base);
  }
  return bases;
}

/** The source of a caller who names none is the caller: two people have two copies of a file. */
export function sourceOf({ userId }: Session, source: string | null): string {
  return source ?? `user:${userId}`;
}

export async function recordExchange(
  tx: Tx,
  { teamId, projectKey }: ProjectRow,
  exchange: Pick<Exchange, 'source' | 'direction'>,
  states: ReadonlyMap<string, ListBase>,
): Promise<void> {
  if (states.size === 0) return;
  const rows = [...states].map(([list, base]) => newExchange(list, base));
  await tx.run(recordExchanges(teamId, projectKey, exchange, rows));
  await tx.run(forgetExchanges(teamId, projectKey, [...states.keys()]));
}

function newExchange(list: string, base: ListBase): NewExchange {
  const tasks = JSON.stringify(Object.fromEntries(base));
  return { list, tasks, digest: hash('sha256', tasks, 'base64url') };
}
