import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countingIds } from '../../transcript/create.ts';
import type { Origin, TranscriptDocument } from '../../transcript/document.ts';
import { editText, editTexts } from '../../transcript/edit.ts';
import {
  emptyHistory,
  isDone,
  nextRedo,
  nextUndo,
  record,
  redo,
  restoreHistory,
  undo,
} from '../../transcript/history.ts';
import type { History, Walk } from '../../transcript/history.ts';
import { makeEdit, readEdits, replay } from '../../transcript/journal.ts';
import type { Edit } from '../../transcript/journal.ts';
import type { Operation } from '../../transcript/operations.ts';
import { isWord } from '../../transcript/positions.ts';
import { rebase } from '../../transcript/rebase.ts';
import { appendWords } from '../../transcript/segmentation.ts';
import { anyDocument, anyStep, anySteps, attempt } from './document.arbitraries.ts';
import { documentOf, expectSame, expectSound, read, readTimes } from './document.builders.ts';

/** A document in the engine's hand: its state, history and list of edits. */
class Desk {
  history: History = emptyHistory;
  readonly edits: Edit[] = [];
  readonly newId = countingIds('e');
  document: TranscriptDocument;

  constructor(document: TranscriptDocument) {
    this.document = document;
  }

  do(operations: Operation[], about: { origin?: Origin; becauseOf?: string; label?: string } = {}): Edit {
    const baseRevision = this.history.revision;
    const made = makeEdit(this.document, operations, {
      id: this.newId(),
      baseRevision,
      revision: baseRevision + 1,
      origin: 'person',
      ...about,
    });
    this.document = made.document;
    this.history = record(this.history, made.edit);
    this.edits.push(made.edit);
    return made.edit;
  }

  type(itemIds: string[], text: string): Edit {
    return this.do(editText(this.document, { itemIds }, text, { newId: this.newId }).operations);
  }

  undo(): boolean {
    return this.walk(undo(this.document, this.history, this));
  }

  redo(): boolean {
    return this.walk(redo(this.document, this.history, this));
  }

  private walk(walk: Walk | null): boolean {
    if (walk) {
      // Nothing of a person's is ever left out; times for a text that is not there now are.
      expect(walk.dropped.filter(({ operation }) => !isForText(operation))).toEqual([]);
      expectSound(walk.document);
      this.document = walk.document;
      this.history = walk.history;
      this.edits.push(...walk.edits);
    }
    return walk !== null;
  }
}

const aligned = (id: string, whenText: string, startMs: number, endMs: number): Operation => ({
  type: 'changeWords',
  changes: [{ id, whenText, startMs, endMs, origin: 'aligner', alignment: 0.9 }],
});

const isForText = (operation: Operation) =>
  operation.type === 'changeWords' && operation.changes.some((change) => change.whenText !== undefined);

describe('undo', () => {
  const start = () =>
    documentOf([
      'A: the/0-100 cat/100-300 saw/300-500 the/500-600 dog/600-800',
      'A: and/1000-1100 the/1100-1200 dog/1200-1400 ran/1400-1700',
    ]);

  test('walks back replace all, a letter, a join and a split, each exactly, and forth again', () => {
    const desk = new Desk(start());
    const states = [desk.document];
    const hits = desk.document.items.filter((item) => item.text === 'the').map((item) => item.id);
    const replaceAll = editTexts(
      desk.document,
      hits.map((id) => ({ itemIds: [id], text: 'one of the' })),
      desk,
    );
    const acts = [
      () => desk.do(replaceAll.operations, { label: 'replace of 3' }),
      () => desk.type(['ran'], 'rang'),
      () => desk.do([{ type: 'joinSegment', segmentId: 's2' }]),
      () => desk.type(['saw'], 's aw'),
    ];
    for (const act of acts) {
      act();
      states.push(desk.document);
    }
    expect(read(desk.document)).toEqual(['A: one of the cat s aw one of the dog and one of the dog rang']);
    for (const state of states.slice(0, -1).toReversed()) {
      expect(desk.undo()).toBe(true);
      expectSame(desk.document, state);
    }
    expect(desk.undo()).toBe(false);
    expect(nextRedo(desk.history)?.label).toBe('replace of 3');
    for (const state of states.slice(1)) {
      expect(desk.redo()).toBe(true);
      expectSame(desk.document, state);
    }
    expect(desk.redo()).toBe(false);
  });

  test('takes the times of the aligner with the edit that they belong to', () => {
    const desk = new Desk(start());
    const edit = desk.type(['cat'], 'bat');
    desk.do([aligned('cat', 'bat', 120, 290)], { origin: 'aligner', becauseOf: edit.id });
    const after = desk.document;
    desk.undo();
    expect(desk.document).toStrictEqual(start());
    expect(isDone(desk.history, edit.id)).toBe(false);
    desk.redo();
    expectSame(desk.document, after);
  });

  test('keeps times that came late for an earlier edit', () => {
    const desk = new Desk(start());
    const first = desk.type(['cat'], 'bat');
    desk.type(['saw'], 'sawed');
    desk.do([aligned('cat', 'bat', 120, 290)], { origin: 'aligner', becauseOf: first.id });
    const end = desk.document;
    desk.undo();
    expect(readTimes(desk.document)[0]).toBe('A: the/0-100 bat/120-290 saw/300-500 the/500-600 dog/600-800');
    desk.redo();
    expectSame(desk.document, end);
    desk.undo();
    desk.undo();
    expect(desk.document).toStrictEqual(start());
  });

  test('takes a typed run as one step', () => {
    const desk = new Desk(start());
    const first = desk.type(['ran'], 'r');
    for (const text of ['ro', 'rod', 'rode']) {
      desk.do(editText(desk.document, { itemIds: ['ran'] }, text).operations, { becauseOf: first.id });
    }
    expect(nextUndo(desk.history)?.id).toBe(first.id);
    desk.undo();
    expect(desk.document).toStrictEqual(start());
    desk.redo();
    expect(desk.document.items.at(-1)).toMatchObject({ id: 'ran', text: 'rode' });
  });

  test('leaves alone what the recogniser adds meanwhile', () => {
    const desk = new Desk(start());
    const recognise = (text: string, startMs: number) =>
      desk.do(
        appendWords(
          desk.document,
          [{ text, startMs, endMs: startMs + 100, confidence: 0.5, origin: 'recogniser', speakerId: 'A' }],
          desk,
        ),
        { origin: 'recogniser' },
      );
    recognise('home', 1800);
    desk.type(['dog2', 'ran'], 'horse galloped');
    recognise('again', 2000);
    desk.do([{ type: 'joinSegment', segmentId: 's2' }]);
    recognise('Fine', 9000);
    desk.undo();
    desk.undo();
    expect(desk.undo()).toBe(false);
    expect(read(desk.document)).toEqual([
      'A: the cat saw the dog',
      'A: and the dog ran home again',
      'A: Fine',
    ]);
    recognise('day', 9200);
    desk.redo();
    desk.redo();
    expect(read(desk.document)).toEqual([
      'A: the cat saw the dog and the horse galloped home again',
      'A: Fine day',
    ]);
  });

  test('cannot redo what a new edit overruled', () => {
    const desk = new Desk(start());
    desk.type(['cat'], 'bat');
    desk.undo();
    desk.type(['saw'], 'sees');
    expect(desk.redo()).toBe(false);
  });

  test('of any edits leads to the start, redo to the end, also after a restart', () => {
    const anyWork = fc.array(
      fc.tuple(
        fc.constantFrom('edit', 'edit', 'align', 'undo', 'redo'),
        fc.array(fc.nat(997), { minLength: 8, maxLength: 8 }),
      ),
      {
        maxLength: 30,
        size: 'max',
      },
    );
    fc.assert(
      fc.property(anyDocument, anyWork, (document, work) => {
        const desk = new Desk(document);
        const persons: string[] = [];
        for (const [kind, step] of work) {
          if (kind === 'undo') {
            desk.undo();
          } else if (kind === 'redo') {
            desk.redo();
          } else {
            const operation =
              kind === 'edit'
                ? anyStep(desk.document, step, desk.newId)
                : alignSomething(desk.document, step);
            const cause = kind === 'align' ? persons.at(step[2] % Math.max(1, persons.length)) : undefined;
            if (
              operation &&
              attempt(desk.document, operation) &&
              (kind === 'edit' || (cause && isDone(desk.history, cause)))
            ) {
              const edit = desk.do(
                [operation],
                kind === 'edit' ? {} : { origin: 'aligner', becauseOf: cause },
              );
              if (kind === 'edit') {
                persons.push(edit.id);
              }
            }
          }
        }
        const end = desk.document;
        let count = 0;
        while (desk.undo()) {
          count++;
        }
        expectSame(desk.document, document);

        const stored = readEdits(desk.edits.map((edit) => `${JSON.stringify(edit)}\n`).join(''));
        expect(stored).toEqual({ edits: desk.edits, lost: [] });
        expect(restoreHistory(stored.edits)).toEqual(desk.history);
        desk.history = restoreHistory(stored.edits);
        for (let k = 0; k < count; k++) {
          expect(desk.redo()).toBe(true);
        }
        expectSame(desk.document, end);
        const replayed = replay(document, 0, desk.edits);
        expect(replayed.document).toStrictEqual(desk.document);
      }),
      { numRuns: 150 },
    );
  });
});

function alignSomething(document: TranscriptDocument, [a, b]: number[]): Operation | null {
  const word = document.items.filter(isWord).at(a % Math.max(1, document.items.filter(isWord).length));
  return word && word.endMs - word.startMs > 2
    ? aligned(word.id, word.text, word.startMs + (b % 2), word.endMs - 1)
    : null;
}

describe('the list of edits', () => {
  const desk = () => {
    const made = new Desk(documentOf(['one/0-100 two/100-200 three/200-300']));
    made.type(['one'], 'uno');
    made.type(['two'], 'due');
    made.type(['three'], 'tre');
    return made;
  };

  test('brings a document that was stored earlier up to date', () => {
    const { edits, document } = desk();
    const start = documentOf(['one/0-100 two/100-200 three/200-300']);
    const half = replay(start, 0, edits.slice(0, 2));
    expect(read(half.document)).toEqual(['uno due three']);
    expect(replay(half.document, half.revision, edits)).toEqual({ document, revision: 3, lost: [] });
  });

  test('a line that was torn is named, and what cannot follow is left out', () => {
    const { edits } = desk();
    const lines = edits.map((edit) => JSON.stringify(edit));
    const torn = readEdits(`${lines[0]}\n${lines[1].slice(0, 40)}\n${lines[2]}\n`);
    expect(torn.lost).toEqual(['Line 2 of the list of edits is damaged.']);
    const start = documentOf(['one/0-100 two/100-200 three/200-300']);
    const { document, revision, lost } = replay(start, 0, torn.edits);
    expect([read(document), revision]).toEqual([['uno two three'], 1]);
    expect(lost).toHaveLength(1);
    expect(restoreHistory(torn.edits).done.map((step) => step.edit.id)).toEqual([edits[2].id]);
  });
});

describe('rebase', () => {
  const start = () => documentOf(['A: one/0-100 two/100-200', 'A: three/1000-1100'], 5000);

  test('of what others did not touch changes nothing', () => {
    fc.assert(
      fc.property(anyDocument, anySteps, (document, steps) => {
        const newId = countingIds('n');
        let mine = document;
        const operations: Operation[] = [];
        for (const step of steps) {
          const operation = anyStep(mine, step, newId);
          const applied = attempt(mine, operation);
          if (operation && applied) {
            operations.push(operation);
            mine = applied.document;
          }
        }
        expect(rebase(document, operations)).toEqual({ document: mine, operations, dropped: [] });
      }),
      { numRuns: 50 },
    );
  });

  test('puts words that I typed where there is still time', () => {
    const mine = editText(start(), { itemIds: [], afterId: 'three' }, 'four five', {
      newId: countingIds('n'),
    });
    const theirs = makeEdit(
      start(),
      appendWords(
        start(),
        [
          {
            text: 'heard',
            startMs: 1200,
            endMs: 1600,
            confidence: 0.5,
            origin: 'recogniser',
            speakerId: 'A',
          },
        ],
        { newId: countingIds('r') },
      ),
      { id: 'r', baseRevision: 0, revision: 1, origin: 'recogniser' },
    ).document;
    const rebased = rebase(theirs, mine.operations);
    expect(rebased.dropped).toEqual([]);
    expect(readTimes(rebased.document)[1]).toBe(
      'A: three/1000-1100 four/1100-1150 five/1150-1200 heard/1200-1600',
    );
    expectSound(rebased.document);
  });

  test('drops and reports what is gone, and keeps the rest', () => {
    const mine: Operation[] = [
      ...editText(start(), { itemIds: ['two'] }, 'zwei').operations,
      ...editText(start(), { itemIds: ['three'] }, 'drei').operations,
      aligned('one', 'another text', 0, 90),
    ];
    const theirs = makeEdit(start(), editText(start(), { itemIds: ['two'] }, '').operations, {
      id: 't',
      baseRevision: 0,
      revision: 1,
      origin: 'person',
    }).document;
    const rebased = rebase(theirs, mine);
    expect(read(rebased.document)).toEqual(['A: one', 'A: drei']);
    expect(rebased.dropped.map(({ error }) => error.fault)).toEqual(['missing', 'changed']);
  });

  test('of any operations on any other document never breaks it', () => {
    fc.assert(
      fc.property(anyDocument, anySteps, anySteps, (document, steps, others) => {
        const run = (list: number[][], prefix: string) => {
          const newId = countingIds(prefix);
          return list.reduce<{ document: TranscriptDocument; operations: Operation[] }>(
            (state, step) => {
              const operation = anyStep(state.document, step, newId);
              const applied = attempt(state.document, operation);
              return operation && applied
                ? { document: applied.document, operations: [...state.operations, operation] }
                : state;
            },
            { document, operations: [] },
          );
        };
        const mine = run(steps, 'n');
        const rebased = rebase(run(others, 't').document, mine.operations);
        expectSound(rebased.document);
        expect(rebased.operations.length + rebased.dropped.length).toBeGreaterThanOrEqual(
          mine.operations.length,
        );
      }),
      { numRuns: 100 },
    );
  });
});
