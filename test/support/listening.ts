import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { decode } from '../../engine/media/decode.ts';
import { probe } from '../../engine/media/probe.ts';
import type { AudioBlock, DecodeOptions, DecodeReport, MediaInfo } from '../../engine/media/types.ts';

/** The names of this process's own children, zombies among them. */
export async function childProcesses(): Promise<string[]> {
  const table =
    process.platform === 'linux'
      ? await Promise.all(
          (await readdir('/proc'))
            .filter((entry) => /^[0-9]+$/.test(entry))
            // A process may end between the listing and the reading.
            .map((entry) => readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')),
        )
      : (await promisify(execFile)('ps', ['-axo', 'pid=,comm=,stat=,ppid='])).stdout.split('\n');
  return table
    .map((line) => /^\s*[0-9]+ \(?(.*?)\)?\s+[A-Z]\S*\s+([0-9]+)/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === process.pid)
    .map((match) => basename(match![1]));
}

export type Heard = { info: MediaInfo; blocks: AudioBlock[]; report: DecodeReport };

/** Probes and decodes a whole file. */
export async function hear(path: string, options: Partial<DecodeOptions> = {}): Promise<Heard> {
  const info = await probe(path);
  const { blocks, report } = decode(info, { channels: 'mix', ...options });
  const kept: AudioBlock[] = [];
  for await (const block of blocks) kept.push(block);
  return { info, blocks: kept, report: await report };
}

/** One channel's samples of a stretch of the media's clock; zeros where there are none. */
export function stretch(blocks: AudioBlock[], channel: number, from: number, length: number): Float32Array {
  const samples = new Float32Array(length);
  for (const block of blocks) {
    const source = block.channels[channel];
    for (
      let i = Math.max(from, block.startSample);
      i < Math.min(from + length, block.startSample + source.length);
      i += 1
    ) {
      samples[i - from] = source[i - block.startSample];
    }
  }
  return samples;
}

/** Half a second of a clip that is not mistaken for another: its loudest. */
function loudest(clip: Float32Array, length: number): number {
  let best = 0;
  let most = -1;
  for (let start = 0; start + length <= clip.length; start += 400) {
    let energy = 0;
    for (let i = start; i < start + length; i += 1) energy += clip[i] * clip[i];
    if (energy > most) {
      most = energy;
      best = start;
    }
  }
  return best;
}

export type Finding = { lateByMs: number; likeness: number };

/**
 * Where a clip lies beside the place where it should: found by correlation within 75 ms.
 *
 * @returns how much later it was found, and the correlation there, -1..1
 */
export function findClip(blocks: AudioBlock[], clip: Float32Array, atMs: number, channel = 0): Finding {
  const length = 8000;
  const reach = 1200;
  const from = loudest(clip, length);
  const pattern = clip.subarray(from, from + length);
  const heard = stretch(blocks, channel, Math.round(atMs * 16) + from - reach, length + 2 * reach);
  const energyTo = new Float64Array(heard.length + 1);
  heard.forEach((sample, i) => (energyTo[i + 1] = energyTo[i] + sample * sample));
  const patternEnergy = pattern.reduce((sum, sample) => sum + sample * sample, 0);
  let best = { lag: 0, likeness: -1 };
  const measure = (lag: number) => {
    let product = 0;
    for (let i = 0; i < length; i += 1) product += pattern[i] * heard[i + lag];
    const energy = energyTo[lag + length] - energyTo[lag];
    const likeness = product / Math.sqrt(patternEnergy * energy || 1);
    if (likeness > best.likeness) best = { lag, likeness };
  };
  for (let lag = 0; lag <= 2 * reach; lag += 3) measure(lag);
  for (let lag = Math.max(0, best.lag - 2), end = Math.min(2 * reach, best.lag + 2); lag <= end; lag += 1) {
    measure(lag);
  }
  return { lateByMs: (best.lag - reach) / 16, likeness: best.likeness };
}
