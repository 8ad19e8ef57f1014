import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { SecretBox } from '../credentials/secret-box.js';
import type { Statement } from '../database/statement.js';
import { statement } from '../database/statement.js';
import { JobWorker } from '../jobs/job-worker.js';
import type { Mail } from './mail.js';
import { Mailer } from './mailer.js';
import { publicUrlOf } from './public-url.js';

/** The kinds of jobs that a session may queue (app.queue_job). */
export type SealedJob = 'send-mail' | 'reset-password';

/**
 * Queues mail, and sends it from the job queue: at least once, with attempts for about five hours. Payloads are sealed, because
 * they hold addresses and tokens whose hashes alone are stored.
 */
@Injectable()
export class MailQueue {
  readonly #box: SecretBox;
  /** What links in mail begin with. */
  readonly publicUrl: string;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly worker: JobWorker,
    mailer: Mailer,
  ) {
    this.publicUrl = publicUrlOf(config);
    this.#box = new SecretBox(config.auth.jwtSecret, 'taskmaster mail', config.auth.acceptedSecrets);
    this.define('send-mail', (mail: Mail) => mailer.send(mail));
  }

  /** Must be called before the application has started. */
  define<T>(task: SealedJob, run: (payload: T) => Promise<void>): void {
    this.worker.define(task, (payload) => run(this.#open<T>(task, payload)));
  }

  /** The payload of a job, for a statement that queues it in the transaction of its cause. */
  seal(task: SealedJob, payload: unknown): string {
    return this.#box.seal(task, JSON.stringify(payload)).toString('base64');
  }

  #open<T>(task: SealedJob, payload: unknown): T {
    const { sealed } = payload as { readonly sealed: string };
    const text = this.#box.open(task, Buffer.from(sealed, 'base64'));
    if (text === null) throw new Error('The payload was sealed with another key.');
    return JSON.parse(text) as T;
  }
}

/** Queues a job with a sealed payload. */
export function queueJob(task: SealedJob, sealed: string): Statement {
  return statement('mail.queue_job', 'select app.queue_job($1, $2)', [task, sealed]);
}
