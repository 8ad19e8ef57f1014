import { hash } from 'node:crypto';

/** A page for trying queries during development. Unlike GraphiQL, it loads nothing from other servers. */
const SCRIPT = `
const $ = (id) => document.getElementById(id);
$('key').value = sessionStorage.getItem('key') ?? '';
$('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  sessionStorage.setItem('key', $('key').value);
  const show = (value) => { $('answer').textContent = typeof value === 'string' ? value : JSON.stringify(value, null, 2); };
  try {
    const variables = $('variables').value.trim() === '' ? {} : JSON.parse($('variables').value);
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': $('key').value },
      body: JSON.stringify({ query: $('query').value, variables }),
    });
    show(await response.json());
  } catch (error) {
    show(String(error));
  }
});
$('query').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) $('form').requestSubmit();
});
`;

const STYLE = `
body { font: 15px system-ui, sans-serif; margin: 1.5rem; display: grid; gap: 1rem; }
form { display: grid; gap: .5rem; }
textarea, input, pre { font: 13px ui-monospace, monospace; padding: .5rem; border: 1px solid #999; border-radius: 4px; }
pre { overflow: auto; min-height: 8rem; white-space: pre-wrap; }
button { justify-self: start; padding: .4rem 1rem; }
`;

const digest = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;

/** Allows the script and style of this page only, and requests to this service only. */
export const IDE_CSP = `default-src 'none'; script-src ${digest(SCRIPT)}; style-src ${digest(STYLE)}; connect-src 'self'; frame-ancestors 'none'; form-action 'none'`;

export function idePage(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>TaskMaster GraphQL</title>
<style>${STYLE}</style>
<h1>TaskMaster GraphQL</h1>
<form id="form">
<label for="key">API key</label>
<input id="key" type="password" autocomplete="off">
<label for="query">Query (Ctrl-Enter runs it)</label>
<textarea id="query" rows="14" spellcheck="false">query Open($first: Int) {
  tasks(first: $first, filter: { status: [pending] }, sort: "-priority") {
    nodes { id ref title status priority assignee { name } }
    pageInfo { hasNextPage endCursor }
  }
}</textarea>
<label for="variables">Variables (JSON)</label>
<textarea id="variables" rows="3" spellcheck="false">{ "first": 10 }</textarea>
<button>Run</button>
</form>
<pre id="answer" aria-live="polite"></pre>
<script>${SCRIPT}</script>
</html>
`;
}
