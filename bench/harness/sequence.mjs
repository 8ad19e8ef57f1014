import http from 'node:http';
import { check } from './check.mjs';
import { median } from './pairs.mjs';

/** Milliseconds of each request, in sequence on one connection: the latency of a single client. */
export async function sequence(url, requests) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const times = [];
  for (const request of requests) {
    const start = performance.now();
    const { status, text } = await send(agent, url, request);
    times.push(performance.now() - start);
    check(status < 400, `${request.method ?? 'GET'} ${request.path} answered ${status}: ${text.slice(0, 300)}`);
    request.check?.(text);
  }
  agent.destroy();
  return times;
}

/** The median after the first tenth, in which caches and compilers are cold. */
export async function typicalTime(url, requests) {
  const times = await sequence(url, requests);
  return median(times.slice(Math.ceil(times.length / 10)));
}

function send(agent, url, { method = 'GET', path, headers = {}, body }) {
  const { hostname, port } = new URL(url);
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  return new Promise((done, fail) => {
    const options = { agent, hostname, port, method, path, headers: { ...headers, ...length } };
    const request = http.request(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.once('end', () => done({ status: answer.statusCode, text }));
    });
    request.once('error', fail);
    request.end(body);
  });
}
