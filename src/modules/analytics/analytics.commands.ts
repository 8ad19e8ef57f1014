import type { Command } from 'commander';
import type { Context } from '../../platform/cli/output.js';
import { contextOf, table } from '../../platform/cli/output.js';
import type { ErrorAnalytics } from './error-analytics.dto.js';
import type { TaskAnalytics } from './task-analytics.dto.js';
import type { ValidationAnalytics } from './validation-analytics.dto.js';

interface Options {
  readonly window?: string;
  readonly from?: string;
  readonly to?: string;
  readonly bucket?: string;
  readonly timeZone?: string;
  readonly groupBy?: string;
  readonly project?: string;
  readonly team?: string;
}

const day = (instant: string): string => instant.slice(0, 16).replace('T', ' ');
const hours = (seconds: number | null): string => (seconds === null ? '-' : `${(seconds / 3_600).toFixed(1)} h`);
const percent = (share: number | null): string => (share === null ? '-' : `${Math.round(share * 100)} %`);

function taskTable({ buckets, totals }: TaskAnalytics): string {
  const rows = buckets.map((one) => [
    ...[day(one.start), one.created, one.completed, one.reopened, one.open].map(String),
    hours(one.leadTime.p50),
    hours(one.cycleTime.p50),
  ]);
  const sums = [totals.created, totals.completed, totals.reopened, totals.open].map(String);
  const all = ['all', ...sums, hours(totals.leadTime.p50), hours(totals.cycleTime.p50)];
  return table(['FROM', 'CREATED', 'COMPLETED', 'REOPENED', 'OPEN', 'LEAD', 'CYCLE'], [...rows, all]);
}

function validationTable({ types, totals, flakiness }: ValidationAnalytics): string {
  const all = { type: 'all', ...totals, flakiness };
  const rows = [...types, all].map((one) => [
    ...[one.type, String(one.total), percent(one.passRate)],
    ...[one.durations.p50 === null ? '-' : `${one.durations.p50} s`, percent(one.flakiness.rate)],
  ]);
  return table(['TYPE', 'VALIDATIONS', 'PASSED', 'MEDIAN', 'FLAKY'], rows);
}

function errorTable({ top, totals }: ErrorAnalytics): string {
  const rows = top.map((one) => [
    ...[one.errorCode, one.errorSeverity, one.resolutionStatus, String(one.occurrences), String(one.usersAffected)],
    one.title ?? '',
  ]);
  const sentence = `${totals.occurrences} occurrences of ${totals.errors} errors, ${totals.newErrors} new, ${totals.unresolved} unresolved.`;
  return rows.length === 0
    ? sentence
    : `${table(['CODE', 'SEVERITY', 'STATUS', 'TIMES', 'USERS', 'TITLE'], rows)}\n${sentence}`;
}

async function ask<T>(context: Context, what: string, options: Options): Promise<T> {
  const { project, team, ...others } = options;
  const query = new URLSearchParams(Object.entries(others));
  if (project !== undefined) query.set('projectKey', project);
  if (team !== undefined) query.set('teamId', team);
  return (await context.api.call<T>('GET', `/analytics/${what}?${query.toString()}`)).data;
}

/** `analytics tasks`, `analytics validations` and `analytics errors`. */
export function addCommands(program: Command): void {
  const analytics = program.command('analytics').description('figures of tasks, validations and errors');
  const add = <T>(what: string, description: string, text: (data: T) => string): void => {
    analytics
      .command(what)
      .description(description)
      .option('-w, --window <time>', 'window that ends now: 24h, 7d, 30d or 90d')
      .option('--from <time>', 'start, instead of a window')
      .option('--to <time>', 'end')
      .option('-b, --bucket <length>', 'hour, day, week or month')
      .option('--time-zone <zone>', 'IANA time zone, such as Europe/Berlin')
      .option('-g, --group-by <field>', 'the same figures by this field (with --json)')
      .option('-p, --project <key>', 'only this project')
      .option('--team <id>', 'only this team')
      .action(async (options: Options, command: Command) => {
        const context = contextOf(command);
        const data = await ask<T>(context, what, options);
        context.show(data, (shown) => text(shown));
      });
  };
  add<TaskAnalytics>('tasks', 'what happened to tasks, and how long it took', taskTable);
  add<ValidationAnalytics>('validations', 'how many validations pass, and which are flaky', validationTable);
  add<ErrorAnalytics>('errors', 'which errors occur most', errorTable);
}
