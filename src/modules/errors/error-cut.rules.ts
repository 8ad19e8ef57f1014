import { MESSAGE_MAX, STACK_MAX } from './error-input.dto.js';

/** The part of a stack trace that is kept from its beginning. Python ends with what failed, Java with the cause. */
const STACK_HEAD = 120_000;

const isHalf = (text: string, index: number): boolean => /[\uD800-\uDBFF]/.test(text.charAt(index - 1));

/** The first characters, without half of a pair, which PostgreSQL refuses. */
export function firstOf(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, isHalf(text, length) ? length - 1 : length);
}

function lastOf(text: string, length: number): string {
  const start = text.length - length;
  return text.slice(isHalf(text, start) ? start + 1 : start);
}

const mark = (count: number): string => `[... ${count} characters cut ...]`;

/** A message of at most MESSAGE_MAX characters and a mark. A report must not be lost because it says too much. */
export function cutMessage(text: string): string {
  const kept = firstOf(text, MESSAGE_MAX);
  return kept === text ? text : `${kept} ${mark(text.length - kept.length)}`;
}

/** The beginning and the end of a stack trace of more than STACK_MAX characters, with a mark between them. */
export function cutStack(text: string): string {
  if (text.length <= STACK_MAX) return text;
  const head = firstOf(text, STACK_HEAD);
  const tail = lastOf(text, STACK_MAX - STACK_HEAD);
  return `${head}\n${mark(text.length - head.length - tail.length)}\n${tail}`;
}
