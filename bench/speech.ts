import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from '../engine/media/decode.ts';
import { probe } from '../engine/media/probe.ts';
import { writeWav } from '../test/support/wav.ts';

const clipsFolder = join(import.meta.dirname, '../test/fixtures/recital/clips');
const pauseSamples = 8000;

/**
 * Real speech of a length: the recital's clips, half a second apart, again and again, 16 kHz mono.
 *
 *   npx tsx bench/speech.ts FILE.wav SECONDS
 */
async function speech(seconds: number): Promise<Float32Array> {
  const clips: Float32Array[] = [];
  for (const name of (await readdir(clipsFolder)).sort()) {
    const { blocks } = decode(await probe(join(clipsFolder, name)), { channels: 'mix' });
    for await (const block of blocks) clips.push(block.channels[0]);
    clips.push(new Float32Array(pauseSamples));
  }
  const samples = new Float32Array(seconds * 16000);
  for (let at = 0, k = 0; at < samples.length; k += 1) {
    const clip = clips[k % clips.length];
    samples.set(clip.subarray(0, samples.length - at), at);
    at += clip.length;
  }
  return samples;
}

const [path, seconds] = process.argv.slice(2);
await writeWav(path, await speech(Number(seconds)));
