import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { folders } from '../../files/folders.ts';
import { lock } from '../../files/presence.ts';
import { emptyDocument } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { makeEdit } from '../../transcript/journal.ts';
import { appendWords } from '../../transcript/segmentation.ts';
import { clipPath, clipText } from '../support/recitalMedia.ts';
import { conversationWords, writeConversation } from '../support/twoVoices.ts';
import { projectFolder, recitalFolder, sewscribe, temporaryFolder } from '../support/cli.ts';

/** The commands as a person runs them, with the recital model, which gives known words. */

const home = temporaryFolder();
const folder = join(home, 'work');
const run = (args: string[], cwd = folder) => sewscribe(args, { home, cwd });

beforeAll(async () => {
  await mkdir(folder);
  await copyFile(clipPath('cv1-1'), join(folder, 'talk.flac'));
  await copyFile(clipPath('librispeech-2'), join(folder, 'lecture.flac'));
  await writeFile(join(folder, 'empty.mp3'), '');
  expect(await run(['models', 'import', recitalFolder, '--id', 'recital'])).toMatchObject({ exitCode: 0 });
});

const lettersOf = (text: string) =>
  text
    .toUpperCase()
    .replace(/[^A-Z']+/g, ' ')
    .trim();
const srtText = (srt: string) => lettersOf(srt.replace(/^\d+$|^.*-->.*$/gm, ''));

test('transcribe writes SRT to standard output and nothing else', async () => {
  const { exitCode, stdout } = await run(['transcribe', 'talk.flac', '--model', 'recital', '--output', '-']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\n/);
  expect(srtText(stdout)).toBe(clipText('cv1-1'));
  expect((await readdir(folder)).sort()).toEqual(['empty.mp3', 'lecture.flac', 'talk.flac']);
});

test('transcribe writes several formats of several sources, names a bad one, and exits with 1', async () => {
  const out = join(folder, 'out put');
  const nothing = temporaryFolder();
  await mkdir(out);
  const { exitCode, stderr } = await run([
    'transcribe',
    'talk.flac',
    nothing,
    'empty.mp3',
    'lecture.flac',
    '--model',
    'recital',
    '--format',
    'srt,vtt,txt,json,csv,tsv',
    '--output-dir',
    out,
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/empty\.mp3.*is empty/);
  expect(stderr).toContain(`The folder "${nothing}" holds no media`);
  expect(stderr).toContain('2 of 4 sources failed');
  const names = await readdir(out);
  expect(names.sort()).toEqual(
    ['lecture', 'talk'].flatMap((stem) =>
      ['csv', 'json', 'srt', 'tsv', 'txt', 'vtt'].map((format) => `${stem}.${format}`),
    ),
  );
  expect(lettersOf(await readFile(join(out, 'talk.txt'), 'utf8'))).toBe(clipText('cv1-1'));
  const json = JSON.parse(await readFile(join(out, 'lecture.json'), 'utf8'));
  expect(json).toMatchObject({
    format: 'sewscribe-transcript',
    version: 1,
    media: { name: 'lecture.flac' },
    model: { id: 'recital', device: 'cpu' },
  });
  expect(
    lettersOf(
      json.segments
        .flatMap((segment: { words: { text: string }[] }) => segment.words.map(({ text }) => text))
        .join(' '),
    ),
  ).toBe(clipText('librispeech-2'));
});

test('an existing file is kept unless --overwrite says otherwise, and this is found before anything is recognised', async () => {
  const target = join(folder, 'kept.srt');
  await writeFile(target, 'mine');
  const kept = await run(['transcribe', 'talk.flac', '--model', 'recital', '--output', target]);
  expect(kept).toMatchObject({ exitCode: 6 });
  expect(kept.stderr).toMatch(/kept\.srt.*exists already; --overwrite replaces it/);
  expect(await readFile(target, 'utf8')).toBe('mine');
  expect(
    await run(['transcribe', 'talk.flac', '--model', 'recital', '--output', target, '--overwrite']),
  ).toMatchObject({ exitCode: 0 });
  expect(srtText(await readFile(target, 'utf8'))).toBe(clipText('cv1-1'));
});

test('outputs are checked before anything is recognised, those of all sources', async () => {
  const out = join(folder, 'made when needed');
  expect(await run(['transcribe', 'lecture.flac', '--model', 'recital', '--output-dir', out])).toMatchObject({
    exitCode: 0,
  });
  const again = await run([
    'transcribe',
    'talk.flac',
    'lecture.flac',
    '--model',
    'none',
    '--output-dir',
    out,
  ]);
  expect(again).toMatchObject({ exitCode: 4 });
  expect(again.stderr).toMatch(/lecture\.srt.*exists already/);
  expect(await readdir(out)).toEqual(['lecture.srt']);
});

test('--json gives one object a source', async () => {
  const { exitCode, stdout } = await run([
    'transcribe',
    'talk.flac',
    'empty.mp3',
    '--model',
    'recital',
    '--output-dir',
    home,
    '--json',
    '--overwrite',
  ]);
  expect(exitCode).toBe(1);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { source: 'talk.flac', ok: true, outputs: [join(home, 'talk.srt')], words: 12 },
    { source: 'empty.mp3', ok: false },
  ]);
});

test('--from and --to keep what lies between, on the media’s clock; --case lower has no punctuation', async () => {
  const whole = JSON.parse(
    (await run(['transcribe', 'talk.flac', '--model', 'recital', '--format', 'json', '--output', '-']))
      .stdout,
  );
  const words: { text: string; startMs: number; endMs: number }[] = whole.segments.flatMap(
    (segment: { words: unknown[] }) => segment.words,
  );
  const from = ((words[4].startMs + words[3].endMs) / 2 / 1000).toFixed(3);
  const part = JSON.parse(
    (
      await run([
        'transcribe',
        'talk.flac',
        '--model',
        'recital',
        '--format',
        'json',
        '--output',
        '-',
        '--case',
        'lower',
        '--from',
        `0:0${from}`,
      ])
    ).stdout,
  );
  const found: typeof words = part.segments.flatMap((segment: { words: unknown[] }) => segment.words);
  expect(found[0].startMs).toBeGreaterThanOrEqual(Number(from) * 1000);
  // The model may miss a letter of a clip that it hears in part.
  expect(found.at(-1)!.text).toMatch(/^awa/);
  expect(Math.abs(found.at(-1)!.startMs - words.at(-1)!.startMs)).toBeLessThanOrEqual(60);
});

test('align gives a text its times; convert and captions check read what transcribe wrote', async () => {
  await writeFile(join(folder, 'talk.txt'), 'They formed heaps that are visible a mile & a half away!');
  expect(
    await run([
      'align',
      'talk.flac',
      'talk.txt',
      '--model',
      'recital',
      '--format',
      'json,srt',
      '--overwrite',
    ]),
  ).toMatchObject({ exitCode: 0 });
  const aligned = JSON.parse(await readFile(join(folder, 'talk.json'), 'utf8'));
  const words = aligned.segments.flatMap((segment: { words: { text: string }[] }) => segment.words);
  expect(words.map(({ text }: { text: string }) => text).join(' ')).toBe(
    'They formed heaps that are visible a mile & a half away!',
  );

  expect(await run(['convert', 'talk.json', '--format', 'vtt', '--overwrite'])).toMatchObject({
    exitCode: 0,
  });
  const vtt = await readFile(join(folder, 'talk.vtt'), 'utf8');
  expect(vtt).toMatch(/^WEBVTT\n/);
  expect(vtt).toContain('mile &amp; a');

  const check = await run(['captions', 'check', 'talk.srt', '--json']);
  expect(check).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(check.stdout)).toEqual([]);
  const strict = await run(['captions', 'check', 'talk.srt', '--json', '--max-line-chars', '10']);
  expect(strict).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(strict.stdout)[0]).toMatchObject({ cue: 1, rule: 'line-chars', limit: 10 });
  await writeFile(join(folder, 'turned.srt'), '1\n00:00:09,000 --> 00:00:08,000\nTurned\n');
  expect((await run(['captions', 'check', 'turned.srt'])).stderr).toContain('the times were swapped');
});

test('align says what was mended in a text, and that one of another language hardly fits', async () => {
  const utf8 = Buffer.concat([Buffer.from('Der Hund läuft schnell davon '), Buffer.of(0xff)]);
  await writeFile(join(folder, 'german.txt'), utf8);
  const args = ['align', 'talk.flac', 'german.txt', '--model', 'recital', '--output', 'german.srt', '--json'];
  const { exitCode, stdout, stderr } = await run(args);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^german\.txt: Letters that could not be read stand as � \(1\)\.$/m);
  expect(stderr).not.toContain('no times');
  expect(stderr).toMatch(/^talk\.flac: The text hardly fits the sound/m);
  expect(JSON.parse(stdout).warnings.length).toBeGreaterThanOrEqual(2);
});

test("a project's folder is read with the edits that its stored text lacks; one that is being written is none yet", async () => {
  const project = join(folder, 'project');
  await mkdir(project);
  const word = (text: string, startMs: number) => ({
    text,
    startMs,
    endMs: startMs + 400,
    confidence: 1,
    origin: 'recogniser' as const,
    modelId: 'recital',
    speakerId: null,
  });
  const add = (document: TranscriptDocument, text: string, revision: number) =>
    makeEdit(document, appendWords(document, [word(text, revision * 500)]), {
      id: text,
      baseRevision: revision - 1,
      revision,
      origin: 'recogniser',
    });
  const first = add(emptyDocument({ name: 'talk' }), 'stored', 1);
  const second = add(first.document, 'listed', 2);
  const third = add(second.document, 'torn', 3);
  const lines = [first, second, third].map(({ edit }) => `${JSON.stringify(edit)}\n`);
  await writeFile(join(project, 'edits.jsonl'), lines.join('').slice(0, -40));
  const convert = async () => {
    const done = await run(['convert', 'project', '--format', 'txt', '--output', '-']);
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    return done.stdout.trim();
  };
  expect(await convert()).toBe('stored listed');
  const stored = { ...first.document, stored: { revision: 1, lastEditId: 'stored', heard: null } };
  await writeFile(join(project, 'document.json'), JSON.stringify(stored));
  expect(await convert()).toBe('stored listed');
});

test('speakers are found in a text that stands, whose words and times stay; who was named is known again', async () => {
  const find = async (...speakers: Parameters<typeof writeConversation>[2]) => {
    await writeConversation(folder, 'two', speakers);
    const done = await run(['speakers', 'two.wav', 'two.json', '--output', 'named.json', '--overwrite']);
    expect(done).toMatchObject({ exitCode: 0 });
    const { segments } = JSON.parse(await readFile(join(folder, 'named.json'), 'utf8')) as {
      segments: { speaker: string; words: typeof conversationWords }[];
    };
    expect(segments.flatMap(({ words }) => words)).toEqual(conversationWords);
    const at = (ms: number) => segments.find(({ words }) => words.at(-1)!.endMs > ms)!.speaker;
    return { speakers: [2000, 7500, 11_500].map(at), stderr: done.stderr };
  };
  expect((await find(null, null, null)).speakers).toEqual(['Speaker 1', 'Speaker 2', 'Speaker 1']);
  expect((await find('Ann', null, null)).speakers).toEqual(['Ann', 'Speaker 1', 'Ann']);
  const named = await find('Ann', 'Bob', 'Ann');
  expect(named.speakers).toEqual(['Ann', 'Bob', 'Ann']);
  expect(named.stderr).toMatch(/has a speaker already/);
});

test('evaluate counts word and character errors of files and of recordings', async () => {
  await writeFile(join(folder, 'ref.tsv'), 'a\tthe cat sat\nb\ttwo dogs\n');
  await writeFile(join(folder, 'hyp.tsv'), 'b\t2 dogs\na\tThe cat, sad\n');
  const files = await run(['evaluate', 'ref.tsv', 'hyp.tsv', '--json']);
  expect(files).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(files.stdout)).toMatchObject({ wer: 1 / 5, words: 5, utterances: 2, werRaw: 4 / 5 });

  await writeFile(join(folder, 'ref.txt'), 'The cat sat.\n\nHello\n');
  await writeFile(join(folder, 'hyp.srt'), '00:00:01,000 --> 00:00:02,000\nthe cat sat\n');
  const texts = await run(['evaluate', 'ref.txt', 'hyp.srt', '--json']);
  expect(JSON.parse(texts.stdout)).toMatchObject({ wer: 1 / 4, words: 4, utterances: 1, timing: null });
  await writeFile(join(folder, 'table.txt'), 'a\tthe cat sat\nb\tone dog\n');
  const table = await run(['evaluate', 'table.txt', 'hyp.tsv']);
  expect(table.stdout).toMatch(/^2 utterances, 5 words\n/);
  expect((await run(['evaluate', 'ref.txt', 'ref.txt'])).stdout).toMatch(/^1 utterance, 4 words\n/);

  await writeFile(
    join(folder, 'manifest.tsv'),
    `talk.flac\t${clipText('cv1-1')}\nlecture.flac\t${clipText('librispeech-2')}\n`,
  );
  const recordings = await run(['evaluate', '--manifest', 'manifest.tsv', '--model', 'recital', '--json']);
  expect(recordings).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(recordings.stdout)).toMatchObject({ wer: 0, cer: 0, utterances: 2, timing: null });
});

test('evaluate compares the times of words: of CTM, of our JSON, of subtitles of one word a cue', async () => {
  await writeFile(
    join(folder, 'ref.ctm'),
    ';; made up\na 1 0.1 0.3 The\na 1 0.4 0.2 cat 0.9\nb 1 1 1 dogs\n',
  );
  await writeFile(join(folder, 'hyp.ctm'), 'b 1 1.05 0.95 dogs\na 1 0.12 0.28 the\na 1 0.4 0.5 cat\n');
  const { timing } = JSON.parse((await run(['evaluate', 'ref.ctm', 'hyp.ctm', '--json'])).stdout);
  expect(timing).toMatchObject({ words: 3, compared: 3 });
  expect(timing.starts.medianMs).toBeCloseTo(20);
  expect(timing.ends.meanMs).toBeCloseTo(100);
  expect((await run(['evaluate', 'ref.ctm', 'hyp.ctm'])).stdout).toMatch(/ends {3}off by: mean 100 ms \(/);

  const transcribe = ['transcribe', 'talk.flac', '--model', 'recital'];
  await run([...transcribe, '--word-cues', '--output', 'true.srt']);
  await run([...transcribe, '--output', 'heard.json']);
  const same = await run(['evaluate', 'true.srt', 'heard.json', '--json']);
  const words = clipText('cv1-1').split(' ').length;
  expect(JSON.parse(same.stdout)).toMatchObject({ wer: 0, timing: { words, compared: words } });
  // A cue lasts at least 833 ms, or up to the next one, so an end is not the word's.
  expect(JSON.parse(same.stdout).timing.starts).toMatchObject({ meanMs: 0, within100Ms: 1 });

  await writeFile(join(folder, 'timed.tsv'), 'talk.flac\t\theard.json\n');
  const manifest = ['evaluate', '--manifest', 'timed.tsv', '--model', 'recital', '--json'];
  const recording = JSON.parse((await run(manifest)).stdout);
  expect(recording).toMatchObject({ wer: 0, timing: { starts: { meanMs: 0 }, ends: { meanMs: 0 } } });

  await writeFile(join(folder, 'timed.tsv'), 'talk.flac\t\tref.ctm\n');
  expect(await run(manifest)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/no times.*talk\.flac/),
  });
});

test('evaluate takes --words, and says where nothing can listen for them', async () => {
  await writeFile(join(folder, 'two.tsv'), 'talk.flac\tNothing\nlecture.flac\tlike it\n');
  await writeFile(join(folder, 'names.txt'), 'Hephs\n');
  const words = ['--words', 'names.txt'];
  const { exitCode, stderr } = await run([
    'evaluate',
    '--manifest',
    'two.tsv',
    '--model',
    'recital',
    ...words,
  ]);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^talk\.flac: Your own words were not listened for.*“recital”\.\n$/);
  expect(await run(['evaluate', 'two.tsv', 'two.tsv', ...words])).toMatchObject({ exitCode: 2 });
});

test('models: the embedded one is listed with its notice, an installed one is removed, both without a network', async () => {
  const list = await run(['models', 'list']);
  expect(list).toMatchObject({ exitCode: 0 });
  expect(list.stdout).toMatch(/^embedded /m);
  expect(list.stdout).toMatch(/^recital /m);
  expect(await run(['models', 'import', recitalFolder, '--id', 'recital'])).toMatchObject({ exitCode: 4 });
  expect(await run(['models', 'import', recitalFolder, '--id', 'second'])).toMatchObject({ exitCode: 0 });
  expect(await run(['models', 'remove', 'second'])).toMatchObject({ exitCode: 0 });
  expect(await run(['models', 'remove', 'second'])).toMatchObject({ exitCode: 4 });
});

test('an own language model of the embedded model lies with the person’s data, not in the cache', async () => {
  await writeFile(join(folder, 'tiny.arpa'), '\\data\\\n\\1-grams:\n-99 <s>\n-2 <unk>\n-1 the\n\\end\\\n');
  const models = async (...args: string[]) =>
    JSON.parse((await run(['models', ...args, '--json'])).stdout) as Record<string, unknown>;
  const path = join(home, 'language-models', 'embedded.lm');
  expect(await models('import-lm', 'tiny.arpa', '--for', 'embedded')).toMatchObject({ path });
  expect((await stat(path)).size).toBeGreaterThan(0);
  expect(await models('remove-lm', 'embedded')).toEqual({ model: 'embedded', removed: path });
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('models check compares with the reference, and says so where a checkpoint is not what it was', async () => {
  const golden = join(projectFolder, 'test/fixtures/sewd/micro-bin-only');
  const good = await run(['models', 'check', golden, '--json']);
  expect(good).toMatchObject({ exitCode: 0 });
  for (const { difference } of JSON.parse(good.stdout)) expect(difference).toBeLessThan(1e-4);

  const changed = join(folder, 'changed');
  await mkdir(changed);
  for (const name of await readdir(golden)) await copyFile(join(golden, name), join(changed, name));
  const config = JSON.parse(await readFile(join(changed, 'config.json'), 'utf8'));
  await writeFile(join(changed, 'config.json'), JSON.stringify({ ...config, pos_att_type: ['c2p'] }));
  expect(await run(['models', 'check', changed])).toMatchObject({ exitCode: 1 });
});

test('logits writes float32 frames, also for input shorter than the model’s shortest', async () => {
  await writeFile(join(folder, 'short.f32'), Buffer.alloc(4 * 100, 1));
  const short = await run([
    'logits',
    '--model',
    'recital',
    '--samples',
    'short.f32',
    '--output',
    'short.logits',
    '--json',
  ]);
  expect(JSON.parse(short.stdout)).toMatchObject({ frames: 2, vocabulary: 32 });
  expect((await stat(join(folder, 'short.logits'))).size).toBe(2 * 32 * 4);
});

test.each([
  { args: [], exitCode: 2, says: /name a command/ },
  { args: ['transcribe'], exitCode: 2, says: /source/ },
  { args: ['transcribe', 'talk.flac', '--format', 'doc'], exitCode: 2, says: /"doc" is not a format/ },
  { args: ['transcribe', 'talk.flac', '--from', 'later', '-o', '-'], exitCode: 2, says: /--from "later"/ },
  {
    args: ['transcribe', 'talk.flac', '--from', '3', '--to', '2', '-o', '-'],
    exitCode: 2,
    says: /--to must be later/,
  },
  {
    args: ['transcribe', 'talk.flac', '--track', '7', '--model', 'recital', '-o', '-'],
    exitCode: 2,
    says: /no track 7/,
  },
  {
    args: ['transcribe', 'talk.flac', 'lecture.flac', '-o', 'x.srt'],
    exitCode: 2,
    says: /--output is for one source/,
  },
  { args: ['transcribe', 'missing.wav'], exitCode: 3, says: /missing\.wav/ },
  { args: ['transcribe', 'empty.mp3'], exitCode: 3, says: /empty\.mp3/ },
  { args: ['transcribe', 'talk.flac', '--model', 'none', '-o', '-'], exitCode: 4, says: /no model "none"/ },
  {
    args: [
      'transcribe',
      'talk.flac',
      '--model',
      'recital',
      '--device',
      process.platform === 'win32' ? 'coreml' : 'dml',
      '-o',
      '-',
    ],
    exitCode: 5,
    says: /device/,
  },
  {
    args: ['transcribe', 'talk.flac', '--model', 'recital', '--output', 'nowhere/talk.srt'],
    exitCode: 6,
    says: /nowhere/,
  },
  { args: ['evaluate', 'ref.tsv'], exitCode: 2, says: /two files/ },
  { args: ['convert', 'missing.srt'], exitCode: 3, says: /missing\.srt/ },
  { args: ['models', 'import', 'nowhere', '--id', 'x'], exitCode: 4, says: /nowhere/ },
])('$args exits with $exitCode and a sentence', async ({ args, exitCode, says }) => {
  const result = await run(args);
  expect(result).toMatchObject({ exitCode });
  expect(result.stderr).toMatch(says);
  expect(result.stderr.trim().split('\n').length).toBeLessThanOrEqual(6);
  expect(result.stderr).not.toMatch(/\n\s+at /);
});

test('nothing is stored outside the app’s own folders: ONNX Runtime’s usage data is off', async () => {
  const own = temporaryFolder();
  // The runtime keeps quiet on a build machine by itself.
  const environment = { HOME: own, XDG_CACHE_HOME: '', CI: '', ORT_DISABLE_TELEMETRY: '' };
  const args = ['transcribe', join(folder, 'talk.flac'), '--model', 'recital', '--output', '-'];
  expect(await sewscribe(args, { home, environment })).toMatchObject({ exitCode: 0 });
  expect(await readdir(own, { recursive: true })).toEqual([]);
});

test('delete-data lists first and removes with --yes', async () => {
  const own = temporaryFolder();
  expect(
    await sewscribe(['models', 'import', recitalFolder, '--id', 'recital'], { home: own }),
  ).toMatchObject({ exitCode: 0 });
  expect((await sewscribe(['delete-data'], { home: own })).stdout).toMatch(
    /models: .*\n.*Nothing has been removed/s,
  );
  const unlock = await lock(join(folders({ SEWSCRIBE_HOME: own }).projects, 'lock'));
  const refused = await sewscribe(['delete-data', '--yes'], { home: own });
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('end it first') as string });
  unlock();
  expect(await sewscribe(['delete-data', '--yes'], { home: own })).toMatchObject({ exitCode: 0 });
  expect(await readdir(own)).toEqual([]);
});
