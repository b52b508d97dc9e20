import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from '../engine/media/decode.ts';
import { probe } from '../engine/media/probe.ts';
import { sampleRateHz } from '../engine/media/types.ts';
import { writeWav } from '../test/support/wav.ts';

/** A stretch that one person says. */
export type Turn = { speaker: string; startMs: number; endMs: number };
export type Mixture = { path: string; turns: Turn[] };

type Utterance = { file: string; start: number; samples: number; speaker: string };

const seconds = (count: number) => Math.round(count * sampleRateHz);

/** A shuffled half of the corpus' speakers: thresholds are chosen on one, errors are told of the other. */
export type Half = 'tuning' | 'test';

/**
 * Makes conversations out of read sentences: 2 to 4 people, 3 to 5 minutes, turns of one sentence or of its beginning,
 * pauses of 0.1 to 1 s. The same every time.
 * @param corpus a folder with manifest.tsv (file, start_sample, samples, speaker) and the files it names
 */
export async function makeMixtures(
  corpus: string,
  half: Half,
  count: number,
  into: string,
): Promise<Mixture[]> {
  const bySpeaker = new Map<string, Utterance[]>();
  for (const utterance of await readManifest(corpus)) {
    bySpeaker.set(utterance.speaker, [...(bySpeaker.get(utterance.speaker) ?? []), utterance]);
  }
  const speakers = [...bySpeaker.keys()]
    .sort()
    .filter((_, place) => (place % 2 === 0) === (half === 'tuning'));
  const sounds = new Map<string, Promise<Float32Array>>();
  const soundOf = (file: string) => {
    if (!sounds.has(file)) sounds.set(file, decodeAll(join(corpus, file)));
    return sounds.get(file)!;
  };
  await mkdir(into, { recursive: true });
  const random = seeded(half === 'tuning' ? 1 : 2);
  const mixtures: Mixture[] = [];
  for (let number = 1; number <= count; number += 1) {
    const people = pick(speakers, 2 + (number % 3), random);
    const wanted = seconds(180 + 120 * random());
    const pieces: Float32Array[] = [];
    const turns: Turn[] = [];
    let length = 0;
    let person = people[0];
    while (length < wanted) {
      const utterance = pick(bySpeaker.get(person)!, 1, random)[0];
      const whole = (await soundOf(utterance.file)).subarray(
        utterance.start,
        utterance.start + utterance.samples,
      );
      const said = trimmed(random() < 0.4 ? beginning(whole, random) : whole);
      turns.push({ speaker: person, startMs: toMs(length), endMs: toMs(length + said.length) });
      const pause = new Float32Array(seconds(0.1 + 0.9 * random() ** 2));
      pieces.push(said, pause);
      length += said.length + pause.length;
      // Now and then somebody goes on.
      if (random() < 0.8)
        person = pick(
          people.filter((other) => other !== person),
          1,
          random,
        )[0];
    }
    const path = join(into, `${half}-${number}.wav`);
    await writeWav(path, joined(pieces));
    mixtures.push({ path, turns });
  }
  return mixtures;
}

const toMs = (samples: number) => Math.round(samples / (sampleRateHz / 1000));

async function readManifest(corpus: string): Promise<Utterance[]> {
  const [header, ...lines] = (await readFile(join(corpus, 'manifest.tsv'), 'utf8')).trimEnd().split('\n');
  const names = header.split('\t');
  const column = (name: string) => names.indexOf(name);
  return lines
    .map((line) => line.split('\t'))
    .map((cells) => ({
      file: cells[column('file')],
      start: Number(cells[column('start_sample')]),
      samples: Number(cells[column('samples')]),
      speaker: cells[column('speaker')],
    }));
}

async function decodeAll(path: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const { channels } of decode(await probe(path), { channels: 'mix' }).blocks)
    blocks.push(channels[0]);
  return joined(blocks);
}

function joined(pieces: Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}

/** 1.2 to 5 s of a sentence, cut where it is quietest within a second. */
function beginning(sound: Float32Array, random: () => number): Float32Array {
  const from = seconds(1.2 + 2.8 * random());
  if (sound.length < from + seconds(1)) return sound;
  const piece = seconds(0.05);
  let best = from;
  let quietest = Infinity;
  for (let at = from; at < from + seconds(1); at += piece / 2) {
    const energy = energyOf(sound.subarray(at, at + piece));
    if (energy < quietest) [best, quietest] = [at + piece / 2, energy];
  }
  return sound.subarray(0, best);
}

/** Without the silence around it: what stays under a hundredth of its mean power. */
function trimmed(sound: Float32Array): Float32Array {
  const piece = seconds(0.02);
  const floor = (energyOf(sound) / sound.length) * piece * 0.01;
  let from = 0;
  let to = sound.length;
  while (from + piece < to && energyOf(sound.subarray(from, from + piece)) < floor) from += piece;
  while (to - piece > from && energyOf(sound.subarray(to - piece, to)) < floor) to -= piece;
  return sound.subarray(from, to);
}

const energyOf = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample * sample, 0);

function pick<T>(list: readonly T[], count: number, random: () => number): T[] {
  const rest = [...list];
  return Array.from({ length: count }, () => rest.splice(Math.floor(random() * rest.length), 1)[0]);
}

/** Mulberry32 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
