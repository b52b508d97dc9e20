import { cp, mkdir, open, readFile, rename, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { defaultSettings } from '../../engine/contract.ts';
import type { Project, ProjectListener } from '../../engine/projects/project.ts';
import { Project as ProjectClass } from '../../engine/projects/project.ts';
import { ProjectStore } from '../../engine/projects/projectStore.ts';
import { countingIds } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { editText } from '../../transcript/edit.ts';
import { faults } from '../../transcript/grammar.ts';
import type { Operation } from '../../transcript/operations.ts';
import { appendWords } from '../../transcript/segmentation.ts';
import { temporaryFolder } from '../support/cli.ts';

/** Projects on the disk: whatever ends the process, and wherever, the next opening gives the last edit that was written. */

const root = temporaryFolder();
const silent: ProjectListener = { onEdit: () => undefined, onChange: () => undefined };
const about = {
  name: 'Talk',
  media: null,
  options: { modelId: 'embedded', device: 'auto', case: 'sentence', channels: 'mix' },
  captions: defaultSettings.captions,
  isHidden: false,
} as const;

let copies = 0;
/** A copy of a project's folder, as a killed process leaves it. */
async function killed(folder: string): Promise<string> {
  const copy = join(root, `killed${(copies += 1)}.sewscribe`);
  await cp(folder, copy, { recursive: true });
  return copy;
}

const opened: Project[] = [];
async function openAt(folder: string): Promise<Project> {
  const project = await ProjectClass.open('id', folder, silent);
  opened.push(project);
  return project;
}
afterEach(async () => {
  for (const project of opened.splice(0)) await project.close();
});

async function newProject(): Promise<Project> {
  const store = await ProjectStore.open(join(root, 'projects'), silent);
  return store.get(await store.create(about));
}

const words = (from: number, count: number) =>
  Array.from({ length: count }, (_, k) => ({
    text: `word${from + k}`,
    startMs: (from + k) * 500,
    endMs: (from + k) * 500 + 400,
    confidence: 0.5,
    origin: 'recogniser' as const,
    speakerId: null,
  }));

/** Everything that changes a project, with the document after each step. */
async function history(project: Project): Promise<{ bytes: number; document: TranscriptDocument }[]> {
  const states: { bytes: number; document: TranscriptDocument }[] = [];
  const newId = countingIds('n');
  const size = async () => (await stat(join(project.folder, 'edits.jsonl'))).size;
  const typed = (place: number, text: string) => (document: TranscriptDocument) =>
    editText(document, { itemIds: [document.items[place].id] }, text, { newId }).operations;
  const steps: (() => Promise<unknown>)[] = [
    () => project.hear('run', 4, (document) => appendWords(document, words(0, 4), { newId })),
    () => project.edit(typed(1, 'corrected words here'), { origin: 'person', id: 'e1', label: 'typing' }),
    () =>
      project.edit(
        ({ items }): Operation[] => [{ type: 'changeWords', changes: [{ id: items[1].id, alignment: 0.5 }] }],
        { origin: 'aligner', becauseOf: 'e1' },
      ),
    () => project.hear('run', 8, (document) => appendWords(document, words(4, 4), { newId })),
    () => project.edit(typed(3, '[laughs]'), { origin: 'person', label: 'note' }),
    () => project.undo(),
    () => project.undo(),
    () => project.redo(),
    () =>
      project.edit(({ items }) => [{ type: 'splitSegment', itemId: items[2].id, segmentId: newId() }], {
        origin: 'person',
        label: 'split',
      }),
    () => project.undo(),
  ];
  for (const step of steps) {
    await step();
    states.push({ bytes: await size(), document: project.document });
  }
  return states;
}

describe('a process that is killed', () => {
  let project: Project;
  let states: Awaited<ReturnType<typeof history>>;
  /** The end of each line, in bytes. */
  let lines: number[];

  beforeAll(async () => {
    project = await newProject();
    states = await history(project);
    const bytes = await readFile(join(project.folder, 'edits.jsonl'));
    lines = [...bytes.entries()].flatMap(([place, byte]) => (byte === 10 ? [place + 1] : []));
  });

  test('at the end of every step gives the document of that step', async () => {
    for (const { bytes, document } of states) {
      const folder = await killed(project.folder);
      await truncate(join(folder, 'edits.jsonl'), bytes);
      const opened = await openAt(folder);
      expect(opened.document).toEqual(document);
      expect(opened.lost).toEqual([]);
    }
  });

  test('in the middle of writing any edit gives the document before it, and goes on from there', async () => {
    let before = 0;
    for (const end of lines) {
      const whole = await killed(project.folder);
      await truncate(join(whole, 'edits.jsonl'), before);
      const { document } = await openAt(whole);
      for (const cut of [before + 1, Math.floor((before + end) / 2), end - 1]) {
        const folder = await killed(project.folder);
        await truncate(join(folder, 'edits.jsonl'), cut);
        const opened = await openAt(folder);
        expect(opened.document).toEqual(document);
        expect(opened.lost).toEqual([]);
        await opened.edit((d) => appendWords(d, words(20, 1), { newId: countingIds('later') }), {
          origin: 'recogniser',
        });
        const again = await openAt(await killed(folder));
        expect(again.document).toEqual(opened.document);
      }
      before = end;
    }
  });

  test('at any moment about a snapshot gives the same', async () => {
    const other = await newProject();
    await history(other);
    const before = await killed(other.folder);
    await other.save();
    const after = await killed(other.folder);
    // Between the two, a temporary file is being written.
    await writeFile(join(before, '.sewscribe-0123.part'), '{"version":1,"items":[{');
    for (const folder of [before, after]) expect((await openAt(folder)).document).toEqual(other.document);
    await other.edit(
      ({ items }) => [{ type: 'replaceItems', afterId: null, removeIds: [items[0].id], items: [] }],
      {
        origin: 'person',
      },
    );
    expect((await openAt(await killed(other.folder))).document).toEqual(other.document);
  });

  test.each(['lacks the last edits', 'holds all of them'])(
    'keeps what can be undone and redone where document.json %s',
    async (held) => {
      if (held === 'holds all of them') await project.save(true);
      const folder = await killed(project.folder);
      const opened = await openAt(folder);
      expect(opened.historyState).toEqual(project.historyState);
      expect(opened.historyState.redo).toBe('split');
      while ((await opened.undo()) !== null) expect(faults(opened.document)).toEqual([]);
      expect(opened.document.items.map(({ text }) => text)).toEqual(words(0, 8).map(({ text }) => text));
    },
  );

  test('what document.json holds of the recogniser needs no whole line any more', async () => {
    const other = await newProject();
    await history(other);
    await other.save();
    const folder = await killed(other.folder);
    const path = join(folder, 'edits.jsonl');
    const whole = await readFile(path, 'utf8');
    const damaged = whole.replace(/("origin":"recogniser","operations":)\[\{/, '$1[!');
    expect(damaged).not.toBe(whole);
    await writeFile(path, damaged);
    const opened = await openAt(folder);
    expect(opened.lost).toEqual([]);
    expect(opened.historyState).toEqual(other.historyState);
  });

  test('keeps how many words of a run are in the document', async () => {
    expect((await openAt(await killed(project.folder))).heardWords('run')).toBe(8);
    await project.save();
    expect((await openAt(await killed(project.folder))).heardWords('run')).toBe(8);
    expect(project.heardWords('another')).toBe(0);
  });
});

describe('damaged and strange folders', () => {
  async function saved(): Promise<{ folder: string; document: TranscriptDocument }> {
    const project = await newProject();
    await history(project);
    await project.close();
    return { folder: project.folder, document: project.document };
  }

  test('a stored text that is rubbish is made again from the list of edits, and it is said', async () => {
    const { folder, document } = await saved();
    await writeFile(join(folder, 'document.json'), '{"version":1,"items":[{"kind');
    const opened = await openAt(folder);
    expect(opened.document.items).toEqual(document.items);
    expect(opened.lost.join(' ')).toMatch(/made again from the list of edits/);
  });

  test('a damaged line loses what comes after it, says so, and later edits are safe again', async () => {
    const project = await newProject();
    await history(project);
    const folder = await killed(project.folder);
    const lines = (await readFile(join(folder, 'edits.jsonl'), 'utf8')).split('\n');
    await writeFile(join(folder, 'edits.jsonl'), lines.with(3, '{"id":"x","rev').join('\n'));
    const opened = await openAt(folder);
    expect(opened.lost.join(' ')).toMatch(/The last \d+ edits do not fit/);
    expect(faults(opened.document)).toEqual([]);
    await opened.edit((d) => appendWords(d, words(30, 1), { newId: countingIds('later') }), {
      origin: 'recogniser',
    });
    const again = await openAt(await killed(folder));
    expect(again.document).toEqual(opened.document);
    expect(again.lost).toEqual([]);
  });

  test('an entry of the stored text that is damaged costs that entry', async () => {
    const { folder, document } = await saved();
    const json = JSON.parse(await readFile(join(folder, 'document.json'), 'utf8'));
    json.items[3].startMs = 'soon';
    json.items[3].endMs = null;
    await writeFile(join(folder, 'document.json'), JSON.stringify(json));
    const opened = await openAt(folder);
    expect(opened.document.items.map(({ text }) => text)).toEqual(document.items.map(({ text }) => text));
    expect(opened.lost).not.toEqual([]);
  });

  test('what was made by a newer version is refused by a sentence', async () => {
    const { folder } = await saved();
    const path = join(folder, 'project.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), version: 2 }));
    await expect(openAt(folder)).rejects.toThrow(/“Talk” was made by a newer Sewscribe/);
  });

  test.each(['project.json', 'document.json', 'edits.jsonl', 'windows.jsonl', 'logprobs.f16', 'peaks.u8'])(
    'a link in place of %s is refused, and what it leads to is left as it is',
    async (name) => {
      const { folder } = await saved();
      const secret = join(root, `secret of ${name}`);
      await writeFile(secret, 'secret');
      const path = join(folder, name);
      await rename(path, `${path}.old`).catch(() => undefined);
      await symlink(secret, path);
      await expect(openAt(folder)).rejects.toThrow(/holds a link in place of its/);
      expect(await readFile(secret, 'utf8')).toBe('secret');
    },
  );

  test('a link in place of the folder is refused', async () => {
    const { folder } = await saved();
    const link = join(root, 'link.sewscribe');
    await symlink(folder, link);
    await expect(openAt(link)).rejects.toThrow(/not there/);
  });

  test('absurd sizes are refused before they are read', async () => {
    const { folder } = await saved();
    const file = await open(join(folder, 'document.json'), 'a');
    await file.truncate(2 ** 40);
    await file.close();
    await expect(openAt(folder)).rejects.toThrow(/far too large/);
  });

  test('the library names what it cannot read and shows the rest', async () => {
    const folder = join(root, 'library');
    const store = await ProjectStore.open(folder, silent);
    const id = await store.create(about);
    await mkdir(join(folder, 'broken.sewscribe'));
    await writeFile(join(folder, 'notes.txt'), 'not a project');
    const again = await ProjectStore.open(folder, silent);
    expect(again.abouts.map(([projectId]) => projectId)).toEqual([id]);
    expect(again.unreadable).toMatchObject([{ projectId: 'broken' }]);
    await expect(again.get('broken')).rejects.toThrow(/project.json/);
  });
});

test('many projects are opened one after the other and few stay open', async () => {
  const store = await ProjectStore.open(join(root, 'many'), silent);
  const ids = [];
  for (let k = 0; k < 20; k += 1) ids.push(await store.create(about));
  for (const id of [...ids, ...ids]) {
    const project = await store.get(id);
    await project.edit((d) => appendWords(d, words(d.items.length, 1)), { origin: 'recogniser' });
  }
  for (const id of ids) expect((await store.peek(id)).items.length).toBe(2);
});
