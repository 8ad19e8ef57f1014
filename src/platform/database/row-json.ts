import type { FieldDescription } from './pg-wire.js';

/** How the text of a value becomes JSON: as it is, in quotes, or with changes. */
type Form = 'same' | 'quoted' | 'string' | 'boolean' | 'number' | 'moment';

/** A field of the object. The texts before its value are joined once, not for every row. */
interface Member {
  readonly form: Form;
  readonly label: string;
  readonly labelAndQuote: string;
  readonly labelAndNull: string;
}

/** The forms of row_to_json for the types that answers hold. Arrays, for example, are not among them: their text is no JSON. */
const forms: ReadonlyMap<number, Form> = new Map(
  Object.entries({
    boolean: [16],
    same: [20, 21, 23, 114, 3802],
    number: [700, 701, 1700],
    moment: [1184],
    quoted: [869, 1082, 2950],
    string: [19, 25, 1042, 1043],
  } satisfies Record<Form, number[]>).flatMap(([form, types]) => types.map((type) => [type, form as Form] as const)),
);

/** What a JSON string has to escape. Few texts hold any of it, and the test is cheaper than JSON.stringify. */
const ESCAPED = /["\\\u0000-\u001f]/;

/** `2026-01-02 03:04:05+00` is `2026-01-02T03:04:05+00:00` in JSON; `infinity` has neither part. */
function moment(text: string): string {
  const at = text.indexOf(' ');
  if (at < 0) return text;
  if (text.endsWith('+00')) return `${text.slice(0, at)}T${text.slice(at + 1)}:00`;
  return text.replace(' ', 'T').replace(/([+-]\d\d)( BC)?$/, '$1:00$2');
}

function memberOf({ name, dataTypeID }: FieldDescription, index: number): Member {
  const form = forms.get(dataTypeID);
  if (!form) throw new Error(`The text of ${name} may be no JSON: select it through to_jsonb.`);
  const label = `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`;
  return { form, label, labelAndQuote: `${label}"`, labelAndNull: `${label}null` };
}

function fieldOf({ form, label, labelAndQuote, labelAndNull }: Member, text: string | null | undefined): string {
  if (text === null || text === undefined) return labelAndNull;
  switch (form) {
    case 'same':
      return label + text;
    case 'quoted':
      return `${labelAndQuote + text}"`;
    case 'string':
      return ESCAPED.test(text) ? label + JSON.stringify(text) : `${labelAndQuote + text}"`;
    case 'boolean':
      return label + (text === 't' ? 'true' : 'false');
    case 'number':
      // NaN and the infinities are no numbers in JSON.
      return /[Nn]/.test(text) ? `${labelAndQuote + text}"` : label + text;
    case 'moment':
      return `${labelAndQuote + moment(text)}"`;
  }
}

/**
 * Writes the columns from `from` on as one JSON object, byte for byte as row_to_json does. That function looks up the type
 * of each column for every row, which was half of the cost of a page of tasks (decision 0030).
 */
export function jsonWriter(
  columns: readonly FieldDescription[],
  from: number,
): (values: readonly (string | null)[]) => string {
  const members = columns.slice(from).map(memberOf);
  return (values) => {
    let json = '';
    let index = from;
    for (const member of members) json += fieldOf(member, values[index++]);
    return `${json}}`;
  };
}
