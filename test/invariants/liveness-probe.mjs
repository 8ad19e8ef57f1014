/**
 * A worker that asks for /health/live, one request after the other, until it is told to stop. In a thread of its own,
 * because the thread that sends the load would add its own delays: 400 ms of 60 MiB bodies on two cores.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const PAUSE_MS = 10;

let isEnded = false;
parentPort.once('message', () => (isEnded = true));

const milliseconds = [];
while (!isEnded) {
  const start = performance.now();
  const answer = await fetch(workerData.url);
  await answer.text();
  if (answer.status !== 200) throw new Error(`/health/live answered ${answer.status}`);
  milliseconds.push(performance.now() - start);
  // Asking without a pause took half a processor from the load that it measures beside.
  await delay(PAUSE_MS);
}
parentPort.postMessage(milliseconds.sort((a, b) => a - b));
