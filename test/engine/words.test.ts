import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome, TranscriptionOptions } from '../../engine/contract.ts';
import { folders } from '../../files/folders.ts';
import { EngineClient } from '../../host/engineClient.ts';
import { forkEngine } from '../../host/engineProcess.ts';
import { importCheckpoint } from '../../native-models/store/import.ts';
import { editCounts } from '../../engine/recognition/editDistance.ts';
import { recitalFolder, temporaryFolder } from '../support/cli.ts';
import {
  ffmpeg,
  soundRecipes,
  usualClips,
  usualLengthMs,
  writeSpeech,
  type PlacedClip,
} from '../support/media.ts';
import { clipText } from '../support/recitalMedia.ts';

/**
 * From a file of any kind to the right words at the right times: through the engine as a process, with the recital
 * model, which is wrong in one letter of a clip at most. Where the words of a clip lie is known from the clip alone.
 */

const home = temporaryFolder();
const folder = join(home, 'media');
const client = new EngineClient(forkEngine);
let modelFolder: string;

const toleratedMs = 60;

type TimedWord = { text: string; startMs: number; endMs: number; speaker: string | null };

async function transcribe(
  path: string,
  options: Partial<TranscriptionOptions> = {},
): Promise<{ words: TimedWord[]; outcome: Outcome }> {
  const outcome = await client.runJob('transcription.start', {
    path,
    options: {
      model: { id: 'recital', folder: modelFolder },
      device: 'cpu',
      channels: 'mix',
      case: 'as-is',
      ...options,
    },
  });
  const { document } = outcome;
  const speakerOf = new Map<string, string | null>();
  let speaker: string | null = null;
  const starts = new Map(document.segments.map((segment) => [segment.firstItemId, segment.speakerId]));
  for (const { id } of document.items) {
    if (starts.has(id)) speaker = starts.get(id) ?? null;
    speakerOf.set(id, speaker);
  }
  return {
    words: document.items.flatMap((item) =>
      item.kind === 'word'
        ? [
            {
              text: item.text,
              startMs: item.startMs,
              endMs: item.endMs,
              speaker: speakerOf.get(item.id) ?? null,
            },
          ]
        : [],
    ),
    outcome,
  };
}

/** The words of each clip, from the clip's own beginning. */
const aloneWords = new Map<string, TimedWord[]>();

async function learnClip(clip: string): Promise<void> {
  const leadMs = 1000;
  const path = await writeSpeech(join(folder, `alone ${clip}.wav`), [{ clip, atMs: leadMs }], 8500);
  const { words } = await transcribe(path);
  aloneWords.set(
    clip,
    words.map((word) => ({ ...word, startMs: word.startMs - leadMs, endMs: word.endMs - leadMs })),
  );
}

beforeAll(async () => {
  process.env['SEWSCRIBE_HOME'] = home;
  await mkdir(folder, { recursive: true });
  modelFolder = (await importCheckpoint(recitalFolder, folders().models, { id: 'recital' })).folder;
  for (const { clip } of usualClips) await learnClip(clip);
  for (const clip of ['cv1-1', 'librispeech-2']) await learnClip(clip);
  await writeSpeech(join(folder, 'speech.wav'));
});
afterAll(() => client.close());

/** Each clip's words are there, at most one letter wrong, and begin where the clip was put. */
function expectClips(
  words: TimedWord[],
  placed: PlacedClip[],
  options: { letters?: number; late?: number[] } = {},
): void {
  for (const [k, { clip, atMs }] of placed.entries()) {
    const late = options.late?.[k] ?? 0;
    const alone = aloneWords.get(clip)!;
    const from = atMs + late;
    const own = words.filter(
      (word) => word.startMs >= from - 300 && word.startMs < from + alone.at(-1)!.endMs + 300,
    );
    const letters = editCounts([...clipText(clip)], [...own.map(({ text }) => text).join(' ')]).errors;
    expect(
      letters,
      `letters of ${clip} wrong in "${own.map(({ text }) => text).join(' ')}"`,
    ).toBeLessThanOrEqual(options.letters ?? 1);
    for (const [place, word] of own.entries()) {
      if (own.length !== alone.length) break;
      expect(
        Math.abs(word.startMs - from - alone[place].startMs),
        `${word.text} at ${word.startMs} ms`,
      ).toBeLessThanOrEqual(toleratedMs);
    }
  }
}

test('each clip alone gives its words', () => {
  for (const [clip, words] of aloneWords) {
    expect(
      editCounts([...clipText(clip)], [...words.map(({ text }) => text).join(' ')]).errors,
    ).toBeLessThanOrEqual(1);
  }
});

describe('kinds of files', () => {
  test.each(soundRecipes)('$name', async ({ name, make, laterMs }) => {
    const path = join(folder, name);
    await make(join(folder, 'speech.wav'), path, folder);
    const { words, outcome } = await transcribe(path);
    expect(outcome.incomplete).toBe(false);
    // Through 8 kHz or 8 bits a letter more may go.
    const letters = /8kHz|telephone|^u8/.test(name) ? 5 : 1;
    expectClips(words, usualClips, { letters, late: laterMs });
    expect(outcome.document.media.durationMs).toBeGreaterThanOrEqual(words.at(-1)!.endMs);
  });
});

test('AMR, which telephones record', async () => {
  const { words } = await transcribe(join(recitalFolder, 'cv1-1.amr'));
  expectClips(words, [{ clip: 'cv1-1', atMs: 0 }], { letters: 5 });
});

test('a clip at 0, 65, 700 and 3000 s', async () => {
  const placed = [0, 65_000, 700_000, 3_000_000].map((atMs) => ({ clip: 'cv1-1', atMs }));
  const parts = placed.map(({ clip, atMs }, k) => {
    const next = placed[k + 1]?.atMs ?? atMs + 10_000;
    return { clip, padMs: next - atMs };
  });
  const list = parts.map(({ padMs }, k) => `[${k}]apad=whole_len=${padMs * 16}[p${k}]`).join(';');
  const inputs = parts.flatMap(({ clip }) => ['-i', join(recitalFolder, 'clips', `${clip}.flac`)]);
  const path = join(folder, 'far apart.flac');
  await ffmpeg(
    ...inputs,
    '-filter_complex',
    `${list};${parts.map((_, k) => `[p${k}]`).join('')}concat=n=4:v=0:a=1`,
    path,
  );
  const { words } = await transcribe(path);
  expectClips(words, placed);
  expect(words.length).toBe(4 * aloneWords.get('cv1-1')!.length);
});

test('two speakers, one a channel, split', async () => {
  const left = await writeSpeech(join(folder, 'left.wav'), [{ clip: 'cv1-1', atMs: 500 }], usualLengthMs);
  const right = await writeSpeech(
    join(folder, 'right.wav'),
    [{ clip: 'librispeech-2', atMs: 2000 }],
    usualLengthMs,
  );
  const path = join(folder, 'interview.wav');
  await ffmpeg('-i', left, '-i', right, '-filter_complex', '[0][1]amerge=inputs=2', path);
  const { words, outcome } = await transcribe(path, { channels: 'split' });
  expect(outcome.document.speakers.map(({ name }) => name)).toEqual(['Channel 1', 'Channel 2']);
  expectClips(
    words.filter(({ speaker }) => speaker === 'channel1'),
    [{ clip: 'cv1-1', atMs: 500 }],
  );
  expectClips(
    words.filter(({ speaker }) => speaker === 'channel2'),
    [{ clip: 'librispeech-2', atMs: 2000 }],
  );
});

test('a pause is no part of the word before it (c01)', async () => {
  const { words } = await transcribe(join(folder, 'speech.wav'));
  const [{ clip, atMs }] = usualClips;
  const alone = aloneWords.get(clip)!;
  expect(words[alone.length - 1].endMs).toBeLessThanOrEqual(atMs + alone.at(-1)!.endMs + 300);
});

test('alignment gives the words of a text the times that recognition gives them', async () => {
  const { words, outcome } = await transcribe(join(folder, 'speech.wav'));
  const aligned = await client.runJob('alignment.start', {
    path: join(folder, 'speech.wav'),
    options: { model: { id: 'recital', folder: modelFolder }, device: 'cpu', channels: 'mix' },
    document: {
      ...outcome.document,
      items: outcome.document.items.map((item) =>
        item.kind === 'word' ? { ...item, startMs: 0, endMs: 1 } : item,
      ),
    },
  });
  for (const [place, item] of aligned.document.items.entries()) {
    if (item.kind !== 'word') continue;
    expect(Math.abs(item.startMs - words[place].startMs)).toBeLessThanOrEqual(toleratedMs);
    expect(Math.abs(item.endMs - words[place].endMs)).toBeLessThanOrEqual(toleratedMs);
  }
});
