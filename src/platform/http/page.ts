import { hash } from 'node:crypto';
import { Eta } from 'eta';

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  readonly autocomplete: string;
  readonly value?: string;
  readonly isOptional?: boolean;
  /** Said below the field. */
  readonly problem?: string | undefined;
}

/** A box to tick. */
interface Check {
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly isChecked: boolean;
}

interface Form {
  readonly action: string;
  readonly submit: string;
  readonly fields: readonly Field[];
  readonly hidden?: Readonly<Record<string, string>>;
  readonly checks?: readonly Check[];
  /** A second button, which sends this name with the value `yes`. */
  readonly other?: { readonly name: string; readonly label: string };
}

/** What a page says. Every value is escaped. */
export interface Page {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Something that is compared or copied, such as the code of a device. */
  readonly code?: string;
  /** What went wrong. */
  readonly problem?: string | undefined;
  readonly forms?: readonly Form[];
  readonly links?: readonly { readonly href: string; readonly label: string }[];
}

const STYLE = `:root{color-scheme:light dark;--text:#1d2330;--muted:#5a6272;--line:#c5cad3;--back:#f4f5f7;--card:#fff;--accent:#0b5fff;--wrong:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e8eaee;--muted:#a6adba;--line:#454c59;--back:#14171c;--card:#1d2128;--accent:#6b9cff;--wrong:#ff8a80}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:400px;padding:32px;background:var(--card);border:1px solid var(--line);border-radius:12px}
.brand{margin:0 0 16px;color:var(--muted);font-size:14px;font-weight:600}h1{margin:0 0 12px;font-size:24px;line-height:1.25}p{margin:0 0 12px;overflow-wrap:anywhere}
form{display:grid;gap:16px;margin-top:20px}label{display:grid;gap:4px;font-weight:600}input{font:inherit;padding:10px 12px;border:1px solid var(--line);border-radius:6px;background:var(--card);color:var(--text)}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button{font:inherit;font-weight:600;padding:10px 16px;border:0;border-radius:6px;background:var(--accent);color:var(--card);cursor:pointer}
.check{display:flex;gap:10px;align-items:baseline;font-weight:400}.checks{display:grid;gap:8px}.other{background:transparent;color:var(--accent);border:1px solid var(--line)}
.code{font:600 28px/1.3 ui-monospace,monospace;letter-spacing:2px;text-align:center}.wrong{color:var(--wrong)}.hint{font-weight:400;font-size:14px}nav{margin-top:20px;display:grid;gap:8px;font-size:14px}a{color:var(--accent)}`;

const STYLE_HASH = hash('sha256', STYLE, 'base64');

const TEMPLATE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title><%= it.title %> · TaskMaster</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="brand">TaskMaster</p>
<h1><%= it.title %></h1>
<% for (const paragraph of it.paragraphs) { %><p><%= paragraph %></p>
<% } %>
<% if (it.code) { %><p class="code"><%= it.code %></p><% } %>
<% if (it.problem) { %><p class="wrong" role="alert"><%= it.problem %></p><% } %>
<% for (const form of it.forms ?? []) { %>
<form method="post" action="<%= form.action %>">
<% for (const [name, value] of Object.entries(form.hidden ?? {})) { %><input type="hidden" name="<%= name %>" value="<%= value %>"><% } %>
<% for (const field of form.fields) { %>
<label><%= field.label %>
<input name="<%= field.name %>" type="<%= field.type %>" autocomplete="<%= field.autocomplete %>" value="<%= field.value ?? '' %>"<% if (!field.isOptional) { %> required<% } %><% if (field.problem) { %> aria-invalid="true" aria-describedby="<%= field.name %>-problem"<% } %>>
<% if (field.problem) { %><span class="wrong hint" id="<%= field.name %>-problem"><%= field.problem %></span><% } %>
</label>
<% } %>
<% if (form.checks?.length) { %><div class="checks"><% for (const check of form.checks) { %>
<label class="check"><input type="checkbox" name="<%= check.name %>" value="<%= check.value %>"<% if (check.isChecked) { %> checked<% } %>><span><%= check.label %></span></label><% } %>
</div><% } %>
<button type="submit"><%= form.submit %></button>
<% if (form.other) { %><button class="other" type="submit" name="<%= form.other.name %>" value="yes" formnovalidate><%= form.other.label %></button><% } %>
</form>
<% } %>
<% if (it.links?.length) { %><nav><% for (const link of it.links) { %><a href="<%= link.href %>"><%= link.label %></a><% } %></nav><% } %>
</main>
</body>
</html>
`;

const eta = new Eta({ autoEscape: true, cache: true });

/** Nothing but the style of the page, and forms to the service itself, which may lead on to `target`, the source of a CSP. */
export const pageCsp = (target = ''): string =>
  `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'${target === '' ? '' : ` ${target}`}; base-uri 'none'; frame-ancestors 'none'`;

export const PAGE_CSP = pageCsp();

export function htmlOfPage(page: Page): string {
  return eta.renderString(TEMPLATE, page);
}
