import { documentVersion } from './document.ts';
import type { TranscriptDocument } from './document.ts';

/** Makes ids; tests give their own. */
export type NewId = () => string;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 10;

/** A random id of 10 letters and digits (50 bits: two alike among 80,000 happen once in 300,000 documents). */
export const newId: NewId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(idLength)), (byte) => alphabet[byte % 32]).join('');

/** Ids that count: `w1`, `w2`, … The same every time, so for tests and for what is made in one go. */
export function countingIds(prefix: string): NewId {
  let count = 0;
  return () => `${prefix}${++count}`;
}

/** A document without a word, for a medium that has just been opened. A length not yet known is 0. */
export function emptyDocument(
  media: { name: string } & Partial<TranscriptDocument['media']>,
): TranscriptDocument {
  return {
    version: documentVersion,
    media: { durationMs: 0, frameRate: null, startTimecode: null, ...media },
    model: null,
    languages: [],
    speakers: [],
    items: [],
    segments: [],
    overrides: [],
  };
}
