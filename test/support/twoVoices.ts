import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from './wav.ts';

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

/** Thirty words of a talk of two: the first voice up to 5 s, the second up to 10 s, then the first again. */
export const conversationWords = Array.from({ length: 30 }, (_, place) => ({
  text: `word${place}`,
  startMs: place * 400,
  endMs: place * 400 + 300,
  confidence: 1,
}));

/** Writes that talk as NAME.wav, and its words in three segments, which have these speakers, as NAME.json. */
export async function writeConversation(
  folder: string,
  name: string,
  speakers: [string | null, string | null, string | null],
): Promise<void> {
  const [first, second] = twoVoices();
  const pieces = [first, first, second, second, first];
  await writeWav(join(folder, `${name}.wav`), Float32Array.from(pieces.flatMap((piece) => [...piece])));
  const segments = speakers.map((speaker, place) => {
    const words = conversationWords.slice(place * 10, place * 10 + 10);
    return { startMs: words[0].startMs, endMs: words[9].endMs, speaker, words };
  });
  const media = { name: `${name}.wav`, durationMs: 12_500 };
  const transcript = { format: 'sewscribe-transcript', version: 1, media, model: null, segments };
  await writeFile(join(folder, `${name}.json`), JSON.stringify(transcript));
}
