import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const POM = join(import.meta.dirname, 'kafka', 'pom.xml');

/**
 * The folder with the jars of the broker. Kafka has no Debian and no npm package; Maven resolves it once (43 MB);
 * later runs of any checkout find it in the cache.
 */
export async function kafkaJars(): Promise<string> {
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([\d.]+)</.exec(await readFile(POM, 'utf8'))?.[1];
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'taskmaster');
  const folder = join(cache, `kafka-${version}`);
  if (await exists(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const goal = 'dependency:copy-dependencies';
  await promisify(execFile)('mvn', ['--batch-mode', '--quiet', '--file', POM, goal, `-DoutputDirectory=${unfinished}`]);
  // Two runs may resolve concurrently; the second keeps the files of the first.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
  return folder;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
