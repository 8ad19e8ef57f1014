import type pg from 'pg';
import { actors, rolesOf } from './actors.js';
import type { Actor } from './actors.js';
import { enter, outcome, verbs } from './cells.js';
import type { Verb } from './cells.js';
import type { DefinerCase } from './definer-case.js';
import { definerCases, runDefinerCase } from './definer-cases.js';
import { expand } from './expand.js';
import { expectedOf } from './expected.js';
import { subjectsOf } from './subjects.js';
import type { World } from './world.js';

/** A change of row-level security, and where it must be detected. */
export interface Mutant {
  readonly what: string;
  readonly sql: string;
  readonly table: string;
  readonly roles: readonly string[];
  readonly first: readonly Verb[];
  /** The findings that the catalogue checker must report. */
  readonly findings: readonly string[];
}

const FIRST: Record<string, readonly Verb[]> = {
  r: ['select'],
  a: ['insert'],
  w: ['update', 'updateAll', 'moveAll'],
  d: ['delete', 'deleteAll'],
};

// Dropping a policy for all commands affects each command; one finding is enough.
const PRIVILEGE: Record<string, string> = { '*': 'SELECT', r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE' };

interface Policy {
  readonly name: string;
  readonly table_name: string;
  readonly command: string;
  readonly roles: string[];
  readonly has_using: boolean;
  readonly has_check: boolean;
  /** Whether one of its roles may update a column that the policy uses. */
  readonly can_move: boolean;
  /** Whether one of its roles may add a row. */
  readonly can_insert: boolean;
}

/** No policy applies to TRUNCATE, which costs as much as all other verbs together: it rewrites every index of the table. */
const POLICED = verbs.filter((verb) => verb !== 'truncate');

const DEFINERS = ['tm_auth', 'tm_search', 'tm_audit', 'tm_ingest', 'tm_flow', 'tm_work', 'tm_relay', 'tm_privacy'];

interface PolicyMutants {
  readonly dropped: Mutant[];
  readonly opened: Mutant[];
  /**
   * An UPDATE policy with an opened check, where no role may change a column that the policy uses: a row that was
   * allowed before is allowed after, so only the catalogue shows the difference. The same holds for a policy for all
   * commands whose roles add no rows: they cannot change what they may not see.
   */
  readonly equivalent: Mutant[];
}

export async function policyMutants(superuser: pg.Client): Promise<PolicyMutants> {
  const { rows } = await superuser.query<Policy>(
    `select p.polname::text as name, p.polrelid::regclass::text as table_name, p.polcmd::text as command,
            array(select r.rolname::text from pg_roles r where r.oid = any(p.polroles)) as roles,
            p.polqual is not null as has_using, p.polwithcheck is not null as has_check,
            exists (
              select
              from pg_depend d
              join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
              cross join unnest(p.polroles) as r (role)
              where d.classid = 'pg_policy'::regclass and d.objid = p.oid
                and d.refobjid = p.polrelid and d.refobjsubid > 0
                and has_column_privilege(r.role, d.refobjid, a.attnum, 'UPDATE')) as can_move,
            exists (
              select
              from unnest(p.polroles) as r (role)
              where has_any_column_privilege(r.role, p.polrelid, 'INSERT')) as can_insert
     from pg_policy p
     join pg_class c on c.oid = p.polrelid and c.relnamespace = 'public'::regnamespace
     order by 2, 1`,
  );
  const mutant = (p: Policy, what: string, sql: string, findings: string[]): Mutant => ({
    ...{ what: `${p.name} ${what}`, sql, table: `public.${p.table_name}`, roles: p.roles, findings },
    first: FIRST[p.command] ?? verbs,
  });
  const ordinary = rows.filter((p) => !p.roles.some((role) => DEFINERS.includes(role)));
  const using = ordinary.filter((p) => p.has_using);
  const isEquivalent = (p: Policy): boolean =>
    (p.command === 'w' && !p.can_move) || (p.command === '*' && !p.can_insert);
  const check = ordinary.filter((p) => p.has_check && !isEquivalent(p));
  const equivalent = ordinary.filter((p) => p.has_check && isEquivalent(p));
  const open = (clause: string) => (p: Policy) =>
    mutant(p, `${clause} (true)`, `alter policy ${p.name} on ${p.table_name} ${clause} (true)`, [
      `R4 ${p.name} on public.${p.table_name}: the policy asks nothing about the session: true`,
    ]);
  const dropped = (p: Policy): Mutant =>
    mutant(
      ...([p, 'dropped', `drop policy ${p.name} on ${p.table_name}`] as const),
      p.roles.map(
        (role) =>
          `R3 public.${p.table_name} to ${role}: ${PRIVILEGE[p.command]!} is granted but no policy lets a row through`,
      ),
    );
  return {
    dropped: rows.map(dropped),
    opened: [...using.map(open('using')), ...check.map(open('with check'))],
    equivalent: equivalent.map(open('with check')),
  };
}

export function tableMutants(world: World): { disabled: Mutant[]; unforced: Mutant[] } {
  const tables = Object.keys(subjectsOf(world)).filter(
    (table) => !['public.active_tasks', 'public.migrations', 'public.migration_files'].includes(table),
  );
  const change = (clause: string, roles: string[], finding: (table: string) => string) => (table: string) => ({
    ...{ table, roles, first: verbs, what: `${table} ${clause}` },
    ...{ sql: `alter table ${table} ${clause} row level security`, findings: [finding(table)] },
  });
  return {
    disabled: tables.map(
      change('disable', ['tm_app_rw', 'tm_owner'], (table) => `R1 ${table}: row-level security is off`),
    ),
    unforced: tables.map(
      change(
        'no force',
        ['tm_owner'],
        (table) => `R2 ${table}: row-level security is not forced, so it does not bind the owner`,
      ),
    ),
  };
}

/** Applies mutants one by one and finds what detects them. */
export class Mutations {
  /** For each definer role, the cases that have already detected a change of one of its policies. */
  readonly #shownBy = new Map<string, Set<string>>();
  /** The tables that each definer case touches. */
  #touched: Map<string, ReadonlySet<string>> | null = null;
  readonly #subjects: ReturnType<typeof subjectsOf>;
  readonly #wanted: ReturnType<typeof expand>;
  readonly #cases: readonly DefinerCase[];

  constructor(
    private readonly superuser: pg.Client,
    private readonly world: World,
    private readonly counted: Map<string, number>,
  ) {
    this.#subjects = subjectsOf(world);
    this.#wanted = expand(expectedOf(world));
    this.#cases = definerCases(world);
  }

  /** The first matrix cell or definer case that detects the change, or null if none does. Rolls the change back. */
  async shows(mutant: Mutant): Promise<string | null> {
    const definer = mutant.roles.find((role) => DEFINERS.includes(role));
    if (definer !== undefined) this.#touched ??= await this.#tablesOfCases();
    await this.superuser.query('begin');
    try {
      await this.superuser.query(mutant.sql);
      return await (definer === undefined
        ? this.#cellThatShows(mutant)
        : this.#definerCaseThatShows(definer, mutant.table));
    } finally {
      await this.superuser.query('rollback');
    }
  }

  async #tablesOfCases(): Promise<Map<string, ReadonlySet<string>>> {
    const touched = new Map<string, ReadonlySet<string>>();
    for (const one of this.#cases) {
      await this.superuser.query('begin');
      await runDefinerCase(this.superuser, one);
      const { rows } = await this.superuser.query<{ name: string }>(
        `select format('%s.%s', schemaname, relname) as name
         from pg_stat_xact_user_tables
         where seq_scan > 0 or idx_scan > 0 or n_tup_ins > 0`,
      );
      await this.superuser.query('rollback');
      touched.set(one.what, new Set(rows.map(({ name }) => name)));
    }
    return touched;
  }

  /** The likely cases run first: those that touch the table, and of them those that detected a change before. */
  async #definerCaseThatShows(definer: string, table: string): Promise<string | null> {
    const shown = this.#shownBy.get(definer) ?? new Set();
    this.#shownBy.set(definer, shown);
    const rank = ({ what }: DefinerCase): number =>
      (this.#touched?.get(what)?.has(table) ? 0 : 2) + (shown.has(what) ? 0 : 1);
    for (const one of this.#cases.toSorted((a, b) => rank(a) - rank(b))) {
      const result = await runDefinerCase(this.superuser, one);
      if (result === one.outcome) continue;
      shown.add(one.what);
      return `${one.what}: ${result}`;
    }
    return null;
  }

  /** What the mutant is about runs first, for every actor. */
  async #cellThatShows({ table, roles, first }: Mutant): Promise<string | null> {
    const others = POLICED.filter((verb) => !first.includes(verb));
    const affected = actors.filter((candidate) => rolesOf(candidate).some((role) => roles.includes(role)));
    for (const some of [POLICED.filter((verb) => first.includes(verb)), others]) {
      for (const actor of affected) {
        const shown = await this.#verbThatShows(table, actor, some);
        if (shown) return shown;
      }
    }
    return null;
  }

  async #verbThatShows(table: string, actor: Actor, some: readonly Verb[]): Promise<string | null> {
    const { superuser, world } = this;
    const subject = this.#subjects[table];
    const wanted = this.#wanted[table];
    if (!subject || !wanted) return null;
    await superuser.query(`savepoint actor; set local role ${actor.role}`);
    await enter(superuser, actor, world);
    for (const verb of some) {
      const result = await outcome(superuser, { table, subject, verb, actor }, world, this.counted.get(table) ?? 0);
      if (result !== wanted[verb]?.[actor.name]) return `${verb} ${actor.name}: ${result}`;
    }
    await superuser.query('rollback to savepoint actor');
    return null;
  }
}
