import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '../../engine/media/decode.ts';
import { probe } from '../../engine/media/probe.ts';
import { recitalFolder } from './cli.ts';

/** The words of a clip, in capitals without punctuation, as the recital model says them. */
export function clipText(clip: string): string {
  const line = readFileSync(join(recitalFolder, 'clips.tsv'), 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`${clip}\t`));
  if (!line) throw new Error(`there is no clip ${clip}`);
  return line
    .split('\t')[2]
    .toUpperCase()
    .replace(/[^A-Z' ]/g, '');
}

export const clipPath = (clip: string) => join(recitalFolder, 'clips', `${clip}.flac`);

/** A clip's samples at 16 kHz. */
export async function clipSamples(clip: string): Promise<Float32Array> {
  const { blocks } = decode(await probe(clipPath(clip)), { channels: 'mix' });
  const parts: Float32Array[] = [];
  for await (const block of blocks) parts.push(block.channels[0]);
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}

export type Placed = { clip: string; atMs: number };

/** Clips laid on silence, each beginning at its time. */
export async function recital(placed: Placed[], lengthMs: number): Promise<Float32Array> {
  const samples = new Float32Array(lengthMs * 16);
  for (const { clip, atMs } of placed) samples.set(await clipSamples(clip), atMs * 16);
  return samples;
}
