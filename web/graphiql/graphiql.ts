import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const EXAMPLE = `query Open($first: Int = 10) {
  tasks(first: $first, filter: { status: [pending] }, sort: "-priority") {
    nodes { id ref title status priority assignee { name } }
    pageInfo { hasNextPage endCursor }
  }
}
`;

/** Kept for this tab only: a key in the local storage would outlive the person at the machine. */
const STORED = 'taskmaster.graphiql.credential';

function elementOf<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}.`);
  return found;
}

const form = elementOf('credential', HTMLFormElement);
const input = elementOf('key', HTMLInputElement);
const root = createRoot(elementOf('graphiql', HTMLElement));

/** Mounts GraphiQL again for each credential, so that it reads the schema with that credential. */
function open(credential: string): void {
  const authorization = `Bearer ${credential}`;
  const fetcher = createGraphiQLFetcher({
    url: '/graphql',
    headers: { authorization },
    wsClient: createClient({
      url: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
      connectionParams: { authorization },
    }),
  });
  root.render(createElement(GraphiQL, { key: credential, fetcher, defaultQuery: EXAMPLE }));
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(STORED, input.value.trim());
  open(input.value.trim());
});

const stored = sessionStorage.getItem(STORED);
if (stored !== null) {
  input.value = stored;
  open(stored);
}
