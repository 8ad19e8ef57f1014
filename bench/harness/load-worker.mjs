// A closed loop per connection. Started by load.mjs where wrk is not installed.
import { readFileSync } from 'node:fs';
import http from 'node:http';

const { url, requests, connections, seconds } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
const { hostname, port } = new URL(url);
const latencies = [];
let refused = 0;
let broken = 0;
let next = Math.floor(Math.random() * requests.length);

function send({ method = 'GET', path, headers = {}, body }) {
  return new Promise((done) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = http.request(
      { agent, hostname, port, method, path, headers: { ...headers, ...length } },
      (answer) => {
        if (answer.statusCode >= 400) refused += 1;
        answer.resume().once('end', done);
      },
    );
    request.once('error', () => {
      broken += 1;
      done();
    });
    request.end(body);
  });
}

const start = performance.now();
const end = start + seconds * 1_000;

async function loop() {
  while (performance.now() < end) {
    next = (next + 1) % requests.length;
    const sent = performance.now();
    await send(requests[next]);
    latencies.push(performance.now() - sent);
  }
}

await Promise.all(Array.from({ length: connections }, loop));
const micros = Math.round((performance.now() - start) * 1_000);
latencies.sort((a, b) => a - b);
const percentile = (share) => latencies[Math.floor(latencies.length * share)];
process.stdout.write(
  JSON.stringify({ count: latencies.length, micros, refused, broken, p50: percentile(0.5), p99: percentile(0.99) }),
);
agent.destroy();
