import { readFileSync } from 'node:fs';

const fixture = new URL('../fixtures/speakers/two-voices.s16', import.meta.url);
/** Where the second voice begins. */
const change = 40_000;

/** Two and a half seconds of each of two voices, at 16 kHz. */
export function twoVoices(): [Float32Array, Float32Array] {
  const bytes = readFileSync(fixture);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const both = Float32Array.from(samples, (sample) => sample / 32_768);
  return [both.subarray(0, change), both.subarray(change)];
}
