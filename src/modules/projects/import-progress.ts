import { Presets, SingleBar } from 'cli-progress';
import type { Writable } from 'node:stream';

const TICK_MS = 100;

function tasksIn(text: string): number {
  return (text.match(/"title"\s*:/g) ?? []).length;
}

/** Shows estimated progress on the stream, if there is one. The file is one transaction, so only its end is known. */
export async function withProgress<T>(text: string, stream: Writable | null, work: () => Promise<T>): Promise<T> {
  if (stream === null) return work();
  const total = tasksIn(text);
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {value}/{total} tasks | {duration_formatted}',
      stream,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  let shown = 0;
  const timer = setInterval(() => {
    shown += (total * 0.95 - shown) / 20;
    bar.update(Math.floor(shown));
  }, TICK_MS);
  try {
    const result = await work();
    bar.update(total);
    return result;
  } finally {
    clearInterval(timer);
    bar.stop();
  }
}
