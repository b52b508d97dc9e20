import { describe, expect, test } from 'vitest';
import type { ModelInstall, ProjectSummary, QueuedJob } from '../../engine/contract.ts';
import { jobTexts, mostUrgent } from '../../renderer/library/jobTexts.ts';
import { installTexts } from '../../renderer/models/installTexts.ts';
import { languageNames } from '../../renderer/models/languageNames.ts';
import { trackName } from '../../renderer/editor/trackName.ts';
import { ratesText, shownRates } from '../../renderer/models/rates.ts';
import { readWords, wordsText } from '../../renderer/settings/words.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

const job: QueuedJob = {
  jobId: 'a',
  projectId: 'p',
  kind: 'transcription',
  name: 'Tidal mixing, lecture 7',
  mediaName: 'Tidal mixing, lecture 7.mp4',
  hasVideo: true,
  durationMs: 3_252_000,
  modelId: 'sew-d-base-plus',
  device: 'auto',
  state: 'waiting',
  progress: null,
  newestWords: '',
  failure: null,
  warnings: [],
  addedAtMs: 0,
  endedAtMs: null,
  tookMs: 0,
};
const progress = {
  jobId: 'a',
  stage: 'recognising' as const,
  fraction: 0.578,
  positionMs: 1_880_000,
  audioSecondsPerSecond: 14.2,
  secondsLeft: 110,
};
const project: ProjectSummary = {
  projectId: 'p',
  name: 'Tidal mixing, lecture 7',
  mediaName: 'Tidal mixing, lecture 7.mp4',
  durationMs: 3_252_000,
  hasVideo: true,
  modelId: 'sew-d-base-plus',
  jobState: 'finished',
  isWhole: true,
  words: 8412,
  doubtfulWords: 44,
  unsurePlaces: 0,
  meanConfidence: 0.9,
  newestWords: '',
  createdAtMs: 0,
  changedAtMs: 0,
};
const rowOf = (change: Partial<QueuedJob>, around: Partial<Parameters<typeof jobTexts>[1]> = {}) => {
  const changed = { ...job, ...change };
  const texts = jobTexts(changed, {
    progress: undefined,
    newestWords: '',
    project: undefined,
    queue: { paused: false, jobs: [changed] },
    progressOf: () => undefined,
    speedOf: () => null,
    ...around,
  });
  return { ...texts, second: plain(texts.second), left: plain(texts.left), right: plain(texts.right) };
};

describe('a row of the queue', () => {
  test('running: the newest words, the place, the speed and what is left', () => {
    expect(rowOf({ state: 'running' }, { progress, newestWords: 'starving on the warm side' })).toMatchObject(
      {
        second: '… starving on the warm side',
        fraction: 0.578,
        broken: undefined,
        left: '31:20 of 54:12',
        right: '14 ×, 2 min left',
      },
    );
  });

  test('running, while an accelerator is tried first', () => {
    const trying = { ...progress, stage: 'trying' as const, fraction: null, audioSecondsPerSecond: null };
    expect(rowOf({ state: 'running' }, { progress: trying })).toMatchObject({
      second: 'The graphics card is being tried out with this model',
    });
  });

  test('running, of unknown length or just begun', () => {
    const { left, right, fraction } = rowOf(
      { state: 'running', durationMs: null },
      { progress: { ...progress, fraction: null, secondsLeft: null } },
    );
    expect([left, right, fraction]).toEqual(['31:20', '14 ×', null]);
    expect(rowOf({ state: 'running' })).toMatchObject({ left: 'Being opened', right: '', fraction: null });
  });

  test('waiting: when its turn comes, and how much work it is where the speed is known', () => {
    const running: QueuedJob = { ...job, jobId: 'r', state: 'running' };
    const first = { ...job, jobId: 'b' };
    const later = { ...job, jobId: 'c' };
    const queue = { paused: false, jobs: [running, first, later] };
    const progressOf = (jobId: string) => (jobId === 'r' ? progress : undefined);
    expect(rowOf(first, { queue, progressOf }).left).toBe('Next, in about 2 min');
    expect(rowOf(first, { queue }).left).toBe('Next');
    // At the pace of the running job, which has the same model.
    expect(rowOf(later, { queue, progressOf }).left).toBe('Waits, about 4 min of work');
    expect(rowOf(later, { queue, speedOf: () => 54.2 }).left).toBe('Waits, about 1 min of work');
    expect(rowOf(later, { queue }).left).toBe('Waits');
    expect(rowOf(later, { queue: { ...queue, paused: true } }).left).toBe('Waits until you go on');
  });

  test('failed: its sentence', () => {
    const failure = { code: 'source' as const, message: 'There is no sound in “Slides only.mov”.' };
    expect(rowOf({ state: 'failed', failure })).toMatchObject({
      second: failure.message,
      tone: 'bad',
      fraction: undefined,
      left: 'Not started',
    });
    expect(rowOf({ state: 'failed', failure }, { progress })).toMatchObject({
      fraction: 0.578,
      broken: 'bad',
      left: '31:20 of 54:12',
    });
  });

  test('partly: what was lost', () => {
    const warnings = ['The file is damaged from 22:41 on.'];
    expect(rowOf({ state: 'partly', warnings }).second).toBe(warnings[0]);
    expect(rowOf({ state: 'partly' }).second).toMatch(/could not be read/);
  });

  test('stopped: what is kept', () => {
    expect(rowOf({ state: 'stopped' }, { progress, project })).toMatchObject({
      second: 'Stopped by you. The text up to there is kept.',
      broken: 'off',
      left: '31:20 of 54:12',
    });
    expect(rowOf({ state: 'stopped' }).second).toBe('Stopped by you before a word was heard.');
  });

  test('finished: its words, how many are doubtful, and how long it took', () => {
    const finished = { state: 'finished' as const, tookMs: 246_000 };
    expect(rowOf(finished, { project })).toMatchObject({
      second: '54:12, 8,412 words, 44 of them doubtful',
      left: 'Finished in 4 min 6 s',
      fraction: undefined,
    });
    const warnings = ['The processor did the work.'];
    expect(rowOf({ ...finished, warnings }, { project: { ...project, words: 0 } }).second).toBe(
      '54:12, no words were heard. The processor did the work.',
    );
  });
});

describe('a model on its way', () => {
  const install: ModelInstall = {
    modelId: 'sew-d-mid-k127',
    name: 'SEW-D mid, k127',
    languages: ['en'],
    wordErrorRates: [],
    state: 'downloading',
    fraction: 0.61,
    totalBytes: 322_000_000,
    bytesPerSecond: 6_800_000,
    secondsLeft: 18,
    problem: null,
  };
  test.each<[string, Partial<ModelInstall>, string, string]>([
    ['downloading', {}, '196 MB of 322 MB', '6.8 MB/s, 18 s left'],
    ['just begun', { fraction: null, totalBytes: null, bytesPerSecond: null }, 'Asking the hub', ''],
    ['waiting', { state: 'waiting' }, 'Waits its turn', ''],
    ['prepared', { state: 'converting', secondsLeft: 20 }, 'Downloaded, being prepared', 'about 20 s'],
    ['paused', { state: 'paused' }, 'Paused at 196 MB of 322 MB', ''],
    ['found paused', { state: 'paused', fraction: null, totalBytes: null }, 'Paused', ''],
    ['offline', { state: 'offline' }, '196 MB of 322 MB', 'Waits for the network'],
    ['failed', { state: 'failed' }, '196 MB of 322 MB', ''],
  ])('%s', (_, change, left, right) => {
    const texts = installTexts({ ...install, ...change });
    expect([plain(texts.left), plain(texts.right)]).toEqual([left, right]);
  });
});

test('error rates: the usual pair, or the first with its corpus, or that none is stated', () => {
  const rate = (corpus: string, percent: number) => ({ corpus, percent, source: 'its card' });
  const pair = [rate('LibriSpeech test-other', 9.45), rate('LibriSpeech test-clean', 4.34)];
  expect(plain(ratesText(pair))).toBe('4.34 % / 9.45 % wrong');
  expect(plain(ratesText([rate('Common Voice 6, German', 12.06)]))).toBe(
    '12.06 % wrong on Common Voice 6, German',
  );
  expect(shownRates([])).toBeNull();
  expect(ratesText([])).toBe('error rate not stated');
});

test('languages by name, and by their tag where nobody knows them', () => {
  expect(languageNames(['en', 'de'], 'de')).toBe('Englisch, Deutsch');
  expect(languageNames(['not a tag'], 'en')).toBe('not a tag');
});

test.each([
  [{ number: 1, language: null, title: null }, 'Track 1'],
  [{ number: 2, language: 'ger', title: 'Commentary' }, 'Track 2, German, Commentary'],
  [{ number: 3, language: 'eng', title: ' English ' }, 'Track 3, English'],
  [{ number: 4, language: 'und', title: '' }, 'Track 4'],
  [{ number: 5, language: 'not a tag', title: null }, 'Track 5, not a tag'],
  [{ number: 6, language: null, title: 'Talk\nof two' }, 'Track 6, Talk of two'],
  [{ number: 7, language: null, title: 'a'.repeat(500) }, `Track 7, ${'a'.repeat(89)} …`],
])('a sound track by what its file says: %j', (track, name) => {
  expect(trackName(track, 'en')).toBe(name);
});

describe('a person’s words', () => {
  test.each<[string, ReturnType<typeof readWords>]>([
    ['', { words: [], wrongLines: [] }],
    [
      'Marta Kowal\r\n\n  Łódź =  woodge ',
      { words: [{ text: 'Marta Kowal' }, { text: 'Łódź', soundsLike: 'woodge' }], wrongLines: [] },
    ],
    ['one\none', { words: [{ text: 'one' }], wrongLines: [] }],
    [
      '= sound\nword =\na = b = c\nNew York = nuyork\nfine',
      { words: [{ text: 'fine' }], wrongLines: [1, 2, 3, 4] },
    ],
    ['x'.repeat(201), { words: [], wrongLines: [1] }],
  ])('%j', (text, read) => {
    expect(readWords(text)).toEqual(read);
  });

  test('are written as they are read', () => {
    const words = [{ text: 'Łódź', soundsLike: 'woodge' }, { text: 'Marta Kowal' }];
    expect(readWords(wordsText(words))).toEqual({ words, wrongLines: [] });
  });
});

describe('a queue that is too long to be drawn whole', () => {
  const states = [
    'finished',
    'failed',
    'finished',
    'running',
    'waiting',
    'finished',
    'waiting',
    'partly',
  ] as const;
  const jobs = states.map((state, k): QueuedJob => ({ ...job, jobId: String(k), state }));
  const shown = (count: number) => mostUrgent(jobs, count).map(({ jobId }) => Number(jobId));

  test.each([
    ['all where there is room', 8, [0, 1, 2, 3, 4, 5, 6, 7]],
    ['what was finished first goes first', 6, [1, 3, 4, 5, 6, 7]],
    ['then what waits longest for its turn', 4, [1, 3, 4, 7]],
    ['what runs, failed or is damaged stays', 3, [1, 3, 7]],
  ])('%s', (_, count, places) => {
    expect(shown(count)).toEqual(places);
  });
});
