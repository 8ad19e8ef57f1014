import type { Type } from '@nestjs/common';
import type { MessageKind, ReceivedKind } from './message.js';

type Json = Readonly<Record<string, unknown>>;

/** The messages of one path. */
export interface LiveSurface {
  readonly path: string;
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly received: readonly ReceivedKind[];
  readonly sent: readonly MessageKind[];
  /** The schemas of all shapes by name, as in OpenAPI 3.1. */
  readonly schemas: Readonly<Record<string, object>>;
}

const CHANNEL = '#/channels/live';
const ref = (pointer: string): Json => ({ $ref: pointer });
const refOf = (shape: Type): string => `#/components/schemas/${shape.name}`;

const ID = {
  description: 'Yours, to recognise the answer: it is repeated there.',
  oneOf: [{ type: 'string', maxLength: 64 }, { type: 'integer' }],
};

const SECURITY = {
  apiKey: { type: 'httpApiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' },
  bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or an API key.' },
};

const INSTANCE = {
  host: 'localhost:3000',
  protocol: 'ws',
  description: 'An instance; wss behind TLS.',
  security: Object.keys(SECURITY).map((scheme) => ref(`#/components/securitySchemes/${scheme}`)),
};

function messageOf(kind: MessageKind, receives: boolean): Json {
  const { event, summary, description, data, example } = kind;
  return {
    name: event,
    title: event,
    summary,
    ...(description === undefined ? {} : { description }),
    contentType: 'application/json',
    payload: {
      type: 'object',
      required: ['event', 'data'],
      ...(receives ? { additionalProperties: false } : {}),
      properties: {
        event: { type: 'string', const: event, description: 'The kind of message.' },
        id: ID,
        data: ref(refOf(data)),
      },
    },
    examples: [{ name: event, payload: { event, data: example } }],
  };
}

function operationOf({ event, summary, answers }: ReceivedKind): Json {
  return {
    action: 'receive',
    summary,
    channel: ref(CHANNEL),
    messages: [ref(`${CHANNEL}/messages/${event}`)],
    reply: {
      channel: ref(CHANNEL),
      messages: [...answers, 'error'].map((answer) => ref(`${CHANNEL}/messages/${answer}`)),
    },
  };
}

/** The schemas that the named ones refer to, directly or not. */
function closure(names: readonly string[], schemas: LiveSurface['schemas']): Json {
  const found = new Map<string, object>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const schema = schemas[name];
    if (!schema || found.has(name)) continue;
    found.set(name, schema);
    for (const [, next] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)) queue.push(next ?? '');
  }
  return Object.fromEntries([...found].sort(([one], [other]) => one.localeCompare(other)));
}

/** The AsyncAPI 3.0 document of a live surface. */
export function asyncApiDocument(surface: LiveSurface): Json {
  const { path, title, version, description, received, sent } = surface;
  const kinds = [...received.map((kind) => messageOf(kind, true)), ...sent.map((kind) => messageOf(kind, false))];
  const names = kinds.map(({ name }) => String(name));
  const receives = received.map((kind) => [`receive_${kind.event}`, operationOf(kind)]);
  const sends = {
    action: 'send',
    summary: 'What you listen to, as it happens',
    channel: ref(CHANNEL),
    messages: sent.map(({ event }) => ref(`${CHANNEL}/messages/${event}`)),
  };
  return {
    asyncapi: '3.0.0',
    info: {
      title,
      version,
      description,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    defaultContentType: 'application/json',
    servers: { instance: INSTANCE },
    channels: {
      live: {
        address: path,
        summary: 'Text messages, one JSON object each.',
        messages: Object.fromEntries(names.map((name) => [name, ref(`#/components/messages/${name}`)])),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: { ...Object.fromEntries(receives), send: sends },
    components: {
      messages: Object.fromEntries(kinds.map((kind) => [String(kind.name), kind])),
      schemas: closure(
        [...received, ...sent].map(({ data }) => data.name),
        surface.schemas,
      ),
      securitySchemes: SECURITY,
    },
  };
}
