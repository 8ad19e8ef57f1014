/**
 * What erasure does with a column. `delete row`: the row belongs to the person. `null`: it names the person as somebody who
 * acted. `pseudonymise`: people write it, so the name and the addresses of the person are taken out of it. `keep`: it says
 * nothing about the person, or must stay.
 */
export type Erasure = 'delete row' | 'null' | 'pseudonymise' | { readonly keep: string };

/** Columns with the same purpose and the same fate. */
export interface ColumnClass {
  readonly columns: readonly string[];
  readonly purpose: string;
  readonly isExported: boolean;
  readonly erasure: Erasure;
}

/** A table that holds data of people. */
export interface PersonalTable {
  readonly about: string;
  /** How long a row stays that nobody erases. */
  readonly retention: string;
  /** Which rows `t` are about the person `p_user`, as SQL. */
  readonly rows: string;
  /** What the export shows in place of a column, as SQL. */
  readonly expressions?: Readonly<Record<string, string>>;
  readonly classes: readonly ColumnClass[];
}

type Classify = (columns: string, purpose: string) => ColumnClass;

const classify =
  (isExported: boolean, erasure: Erasure): Classify =>
  (columns, purpose) => ({ columns: columns.split(' '), purpose, isExported, erasure });

/** Belongs to the person, who gets a copy. */
export const own = classify(true, 'delete row');
/** Belongs to the person, but a copy would be a credential or says nothing. */
export const ownHidden = classify(false, 'delete row');
/** The person as somebody who acted. */
export const actor = classify(true, 'null');
/** Text of people in what belongs to a team. */
export const text = classify(true, 'pseudonymise');
/** Like `text`, but a copy of what another column has, or made by programs. */
export const textHidden = classify(false, 'pseudonymise');
const OF_TEAM = { keep: 'It describes the work of the team, and no person.' };
/** A fact about the work of a team. */
export const fact = classify(true, OF_TEAM);
export const factHidden = classify(false, OF_TEAM);
/** A trace that must stay although it comes from the person; the reason is its purpose. */
export const kept = (columns: string, purpose: string, reason: string): ColumnClass => ({
  ...fact(columns, purpose),
  erasure: { keep: reason },
});
