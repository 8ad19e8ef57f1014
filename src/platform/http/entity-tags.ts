/** An entity tag (RFC 9110 8.8.3). */
interface EntityTag {
  readonly isWeak: boolean;
  /** With its quotes, as in `"3"`. */
  readonly opaque: string;
}

export type EntityTags = readonly EntityTag[] | '*';

/** The longest header is 16 KiB; a body may hold more, and no list of tags is that long. */
const LENGTH_MAX = 16_384;

/**
 * An element of the list and its separator. The white space is matched in one place for each, because white space that two
 * parts can match takes quadratic time to refuse: 50,000 spaces blocked the event loop for four seconds.
 */
const TAG = /[ \t]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(,|$)/y;

/** Reads `*` or a list of tags, in which commas can be inside of a tag and elements be empty; null when malformed. */
export function entityTags(header: string): EntityTags | null {
  if (header.length > LENGTH_MAX) return null;
  if (header.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  TAG.lastIndex = 0;
  for (;;) {
    const match = TAG.exec(header);
    if (!match) return null;
    const [, weak, opaque, end] = match;
    if (opaque !== undefined) tags.push({ isWeak: weak !== undefined, opaque });
    if (end === '') return tags.length > 0 ? tags : null;
  }
}

/** The strong comparison, of If-Match: a weak tag never matches. */
export function matchesStrongly(tags: EntityTags, etag: string): boolean {
  return tags === '*' || tags.some(({ isWeak, opaque }) => !isWeak && opaque === etag);
}

/** The weak comparison, of If-None-Match. */
export function matchesWeakly(tags: EntityTags, etag: string): boolean {
  const own = etag.replace(/^W\//, '');
  return tags === '*' || tags.some(({ opaque }) => opaque === own);
}
