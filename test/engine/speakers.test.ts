import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { scoreDiarisation } from '../../bench/diarisation.ts';
import type { EventPayload } from '../../engine/contract.ts';
import { nameSpeakers } from '../../engine/jobs/speakers.ts';
import { documentSink, type TranscriptSink } from '../../engine/jobs/transcriptSink.ts';
import { probe } from '../../engine/media/probe.ts';
import { forkRecogniser } from '../../engine/recognition/launcher.ts';
import { Recogniser } from '../../engine/recognition/recogniser.ts';
import { cluster, direction, dot } from '../../engine/speech/speakers/clustering.ts';
import { findPeople } from '../../engine/speech/speakers/people.ts';
import { speakerOperations } from '../../engine/speech/speakers/speakerOperations.ts';
import { voicesOf, type Voice } from '../../engine/speech/speakers/voices.ts';
import { speakersOfWords } from '../../engine/speech/speakers/wordSpeakers.ts';
import type { SpeechWindow } from '../../engine/speech/types.ts';
import { voiceModel } from '../../native-models/speakers/voiceModel.ts';
import { countingIds, emptyDocument } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { faults } from '../../transcript/grammar.ts';
import { applyOperations } from '../../transcript/operations.ts';
import { isWord, segmentItems } from '../../transcript/positions.ts';
import { appendWords } from '../../transcript/segmentation.ts';
import { temporaryFolder } from '../support/cli.ts';
import { twoVoices } from '../support/twoVoices.ts';
import { writeWav } from '../support/wav.ts';

const fixtures = new URL('../fixtures/speakers/', import.meta.url);
const [first, second] = twoVoices();
const bothVoices = Float32Array.from([...first, ...second]);
const { embeddings: expected } = JSON.parse(readFileSync(new URL('two-voices.json', fixtures), 'utf8')) as {
  embeddings: number[][];
};

const network = new Recogniser({
  launcher: forkRecogniser,
  model: { folder: voiceModel.folder, manifest: { id: voiceModel.id } },
  device: 'cpu',
  precision: 'float32',
  threads: 1,
  log: () => undefined,
});
afterAll(() => network.close());

async function heard(...windows: [startSample: number, samples: Float32Array][]): Promise<Voice[]> {
  async function* speech(): AsyncGenerator<SpeechWindow> {
    for (const [startSample, samples] of windows) {
      const endSample = startSample + samples.length;
      yield { channel: 0, startSample, endSample, samplesStart: startSample, samples };
    }
  }
  const voices: Voice[] = [];
  for await (const voice of voicesOf(speech(), network)) voices.push(voice);
  return voices;
}

describe('the voice network', () => {
  test('says what the original says', async () => {
    const voices = await heard([0, bothVoices]);
    expect(voices.length).toBe(expected.length);
    voices.forEach(({ embedding }, place) => {
      expect(dot(embedding, Float32Array.from(expected[place]))).toBeGreaterThan(0.9995);
    });
  });

  test('hears a voice alike whatever its loudness, and two voices unlike', async () => {
    const [loud] = await heard([0, first]);
    const [quiet] = await heard([0, first.map((sample) => sample * 0.05)]);
    const [other] = await heard([0, second]);
    expect(dot(loud.embedding, quiet.embedding)).toBeGreaterThan(0.999);
    expect(dot(loud.embedding, other.embedding)).toBeLessThan(0.75);
  });

  test('has voices at their place in the medium, of a short answer and of silence too', async () => {
    const [begin, ...rest] = await heard([32_000, bothVoices]);
    expect([begin.startMs, begin.endMs]).toEqual([2000, 2000 + voiceModel.windowSamples / 16]);
    expect(rest[0].startMs).toBe(2400);
    const [short] = await heard([16_000, first.subarray(0, 8000)]);
    expect([short.startMs, short.endMs]).toEqual([1000, 1500]);
    const [silent] = await heard([0, new Float32Array(30_000)]);
    expect(silent.embedding.every(Number.isFinite)).toBe(true);
  });
});

/** Vectors about an axis: the smaller the spread, the more alike. */
function around(axis: number, spread: number, random: () => number): Float32Array {
  const vector = Float32Array.from({ length: 8 }, () => spread * (random() - 0.5));
  vector[axis] += 1;
  return direction([vector]);
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/** Voices 400 ms apart, of the people whose axes are given, some windows each. */
function conversation(turns: [axis: number, windows: number][], spread = 0.5): Voice[] {
  const random = seeded(7);
  return turns
    .flatMap(([axis, windows]) => Array.from({ length: windows }, () => axis))
    .map((axis, place) => ({
      startMs: place * 400,
      endMs: place * 400 + 1600,
      embedding: around(axis, spread, random),
    }));
}

describe('clustering', () => {
  /** Merges the two nearest clusters until none are near enough: slow and plain. */
  function plainly(vectors: Float32Array[], least: number): Set<string> {
    const clusters = vectors.map((_, place) => [place]);
    for (;;) {
      let best = -Infinity;
      let pair = [0, 0];
      clusters.forEach((a, i) =>
        clusters.slice(0, i).forEach((b, j) => {
          const all = a.flatMap((x) => b.map((y) => dot(vectors[x], vectors[y])));
          const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
          if (mean > best) [best, pair] = [mean, [i, j]];
        }),
      );
      if (clusters.length < 2 || best < least) break;
      clusters[pair[1]].push(...clusters.splice(pair[0], 1)[0]);
    }
    return new Set(clusters.map((members) => members.sort((a, b) => a - b).join()));
  }

  test('is average linkage, cut where clusters are too unlike', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 14 }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0.3, max: 0.95, noNaN: true }),
        async (count, seed, least) => {
          const random = seeded(seed);
          const vectors = Array.from({ length: count }, (_, place) => around(place % 3, 2, random));
          const labels = await cluster(vectors, least);
          const found = new Map<number, number[]>();
          labels.forEach((label, place) => found.set(label, [...(found.get(label) ?? []), place]));
          expect(new Set([...found.values()].map((members) => members.join()))).toEqual(
            plainly(vectors, least),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    { name: 'nobody', turns: [], people: 0 },
    { name: 'one', turns: [[0, 40]], people: 1 },
    {
      name: 'two',
      turns: [
        [0, 20],
        [1, 20],
        [0, 10],
      ],
      people: 2,
    },
    {
      name: 'four',
      turns: [
        [0, 20],
        [1, 20],
        [2, 15],
        [3, 25],
        [0, 10],
      ],
      people: 4,
    },
    {
      name: 'a cough is nobody',
      turns: [
        [0, 40],
        [1, 2],
        [0, 40],
      ],
      people: 1,
    },
    { name: 'one short answer in all', turns: [[0, 2]], people: 1 },
  ] as { name: string; turns: [number, number][]; people: number }[])(
    'finds how many speak: $name',
    async ({ turns, people }) => {
      expect((await findPeople(conversation(turns))).length).toBe(people);
    },
  );

  test('finds two in an hour, and lets others have their turn meanwhile', async () => {
    const hour = conversation(Array.from({ length: 300 }, (_, turn): [number, number] => [turn % 2, 30]));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const people = await findPeople(hour);
    clearInterval(timer);
    expect(people.length).toBe(2);
    expect(turns).toBeGreaterThan(5);
  });
});

const words = (count: number, eachMs = 400, fromMs = 600) =>
  Array.from({ length: count }, (_, place) => ({
    startMs: fromMs + place * eachMs,
    endMs: fromMs + place * eachMs + eachMs - 50,
  }));

describe('who says a word', () => {
  const axes = [0, 1].map((axis) => around(axis, 0, () => 0));

  test('follows the voices, and not one odd sound', () => {
    const voices = conversation(
      [
        [0, 10],
        [1, 1],
        [0, 9],
        [1, 20],
      ],
      0.3,
    );
    const speakers = speakersOfWords(words(36), voices, axes);
    expect(speakers.slice(0, 17)).toEqual(Array(17).fill(0));
    expect(speakers.slice(22)).toEqual(Array(14).fill(1));
  });

  test('changes in a pause that is near, where there is one', () => {
    const voices = conversation(
      [
        [0, 12],
        [1, 12],
      ],
      0.3,
    );
    // The voices change at 5.4 s, where a word begins; the pause is one word before.
    const said = words(48, 200);
    const paused = said.map(({ startMs, endMs }, place) =>
      place < 23 ? { startMs: startMs - 400, endMs: endMs - 400 } : { startMs, endMs },
    );
    expect(speakersOfWords(said, voices, axes).indexOf(1)).toBe(24);
    expect(speakersOfWords(paused, voices, axes).indexOf(1)).toBe(23);
  });

  test('stays open where both are as likely, where nothing was heard, and where nobody was found', () => {
    const both = conversation([[0, 20]]).map((voice) => ({
      ...voice,
      embedding: direction(axes),
    }));
    expect(new Set(speakersOfWords(words(16), both, axes))).toEqual(new Set([null]));
    expect(speakersOfWords(words(3), [], axes)).toEqual([null, null, null]);
    expect(speakersOfWords(words(2), both, [])).toEqual([null, null]);
  });
});

const named = (document: TranscriptDocument) =>
  document.segments.flatMap(({ speakerId }, place) =>
    segmentItems(document, place).map(
      () => document.speakers.find(({ id }) => id === speakerId)?.name ?? null,
    ),
  );

describe('names in the document', () => {
  function documentOf(count: number): TranscriptDocument {
    const document = emptyDocument({ name: 'talk.wav', durationMs: count * 400 + 2000 });
    const said = words(count).map((word, place) => ({
      ...word,
      text: place % 9 === 8 ? 'end.' : `word${place}`,
      confidence: 0.9,
      origin: 'recogniser' as const,
      speakerId: null,
    }));
    return applyOperations(document, appendWords(document, said, { newId: countingIds('a') })).document;
  }

  test('whoever speaks, the document obeys its grammar, has each word with its speaker, and one step leads back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { freq: 5 }), { minLength: 1, maxLength: 80 }),
        (speakers) => {
          const document = documentOf(speakers.length);
          const ids = document.items.filter(isWord).map(({ id }) => id);
          const operations = speakerOperations(
            document,
            new Map(ids.map((id, place) => [id, speakers[place]])),
            countingIds('s'),
          );
          const { document: next, inverse } = applyOperations(document, operations);
          expect(faults(next)).toEqual([]);
          const order = [...new Set(speakers.filter((speaker) => speaker !== null))];
          expect(named(next)).toEqual(
            speakers.map((speaker) => (speaker === null ? null : `Speaker ${order.indexOf(speaker) + 1}`)),
          );
          expect(applyOperations(next, inverse).document).toEqual(document);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('leaves who has a speaker, knows their voice elsewhere, and takes no name twice', () => {
    const document = documentOf(30);
    const [segment] = document.segments;
    const { document: own } = applyOperations(document, [
      { type: 'addSpeaker', speaker: { id: 'ann', name: 'Ann' }, beforeId: null },
      { type: 'addSpeaker', speaker: { id: 'p', name: 'Speaker 1' }, beforeId: null },
      { type: 'splitSegment', itemId: document.items[10].id, segmentId: 'rest', speakerId: null },
      { type: 'setSpeakers', assignments: [{ segmentId: segment.id, speakerId: 'ann' }] },
    ]);
    // Of Ann's ten words, two are in another voice; hers comes again at the end.
    const people = new Map(
      own.items.map(({ id }, place) => [id, place < 2 || (place >= 10 && place < 20) ? 1 : 0]),
    );
    const { document: next } = applyOperations(own, speakerOperations(own, people, countingIds('s')));
    expect(faults(next)).toEqual([]);
    expect(next.items).toEqual(own.items);
    expect(named(next)).toEqual(
      own.items.map((_, place) => (place >= 10 && place < 20 ? 'Speaker 2' : 'Ann')),
    );
  });
});

test('a job names who speaks in its document in one step, and nobody where only one does', async () => {
  const talks = { two: [first, first, second, second, first], one: [first, first, first, first, first] };
  for (const [name, pieces] of Object.entries(talks)) {
    const path = join(temporaryFolder(), `${name}.wav`);
    await writeWav(path, Float32Array.from(pieces.flatMap((piece) => [...piece])));
    const sink = documentSink(emptyDocument({ name, durationMs: 12_500 }));
    const said = words(30, 400, 300).map((word, place) => ({
      ...word,
      text: `word${place}`,
      confidence: 1,
      origin: 'recogniser' as const,
      speakerId: null,
    }));
    await sink.write((document) => appendWords(document, said), null);
    const before = sink.document;
    let steps = 0;
    const counting: TranscriptSink = {
      get document() {
        return sink.document;
      },
      heardWords: 0,
      write: () => Promise.reject(new Error('not as a step')),
      async step(make, label) {
        steps += 1;
        await sink.step(make, label);
      },
    };
    const told: number[] = [];
    const job = {
      id: 'j',
      options: { channels: 'mix' as const },
      signal: new AbortController().signal,
      onProgress: ({ stage, fraction }: EventPayload<'job.progress'>) => {
        expect(stage).toBe('speakers');
        told.push(fraction!);
      },
    };
    const services = { launcher: forkRecogniser, log: () => undefined };
    await nameSpeakers(job, await probe(path), counting, services);
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual(told.toSorted((one, other) => one - other));
    if (name === 'one') {
      expect([steps, sink.document]).toEqual([0, before]);
    } else {
      expect(steps).toBe(1);
      expect(faults(sink.document)).toEqual([]);
      const speakerAt = (ms: number) => named(sink.document)[said.findIndex(({ endMs }) => endMs > ms)];
      expect([2000, 7500, 11_500].map(speakerAt)).toEqual(['Speaker 1', 'Speaker 2', 'Speaker 1']);
    }
  }
});

test('the score counts what is missed, confused and made up, and knows speakers by any name', () => {
  const turns = [
    { speaker: 'a', startMs: 0, endMs: 4000 },
    { speaker: 'b', startMs: 6000, endMs: 10_000 },
  ];
  const said = (speaker: string | null, startMs: number, endMs: number) => ({ speaker, startMs, endMs });
  const right = scoreDiarisation(turns, [said('x', 0, 4000), said('y', 6000, 10_000)]);
  expect(right).toMatchObject({ missedMs: 0, confusedMs: 0, falseMs: 0, words: 2, rightWords: 2 });
  expect(right.speechMs).toBe(7000);
  const wrong = scoreDiarisation(turns, [
    said('x', 0, 5000),
    said('x', 6000, 8000),
    said(null, 8000, 10_000),
  ]);
  expect(wrong).toMatchObject({ words: 3, rightWords: 1, openWords: 1, speakers: 2, foundSpeakers: 1 });
  expect(wrong.missedMs).toBe(1750);
  expect(wrong.confusedMs).toBe(1750);
  expect(wrong.falseMs).toBeGreaterThan(700);
});
