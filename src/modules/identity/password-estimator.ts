/**
 * The thread of PasswordStrength. It imports packages alone, because tests run it from source with no loader but Node's own.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';
import { parentPort } from 'node:worker_threads';

export interface Question {
  readonly id: number;
  readonly password: string;
  /** Words that somebody who knows the person would try first. */
  readonly known: string[];
}

export interface Estimate {
  readonly id: number;
  /** 0 (found at once) to 4. */
  readonly score: number;
  /** Sentences that say what is wrong and what to do. */
  readonly advice: string[];
}

const estimator = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  translations,
});

parentPort?.on('message', ({ id, password, known }: Question) => {
  const { score, feedback } = estimator.check(password, known);
  const advice = [feedback.warning, ...feedback.suggestions].filter((sentence) => sentence !== null);
  parentPort?.postMessage({ id, score, advice } satisfies Estimate);
});
