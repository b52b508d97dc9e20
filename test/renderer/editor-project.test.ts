import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as changes from '../../renderer/editor/changes.ts';
import { caughtUp, draftOf, typedDraft } from '../../renderer/editor/draft.ts';
import { Project } from '../../renderer/editor/project.svelte.ts';
import { lineItems, textOf } from '../../renderer/editor/segmentText.ts';
import { oneLine } from '../../transcript/captions/joining.ts';
import { faults } from '../../transcript/grammar.ts';
import { OperationError } from '../../transcript/operations.ts';
import { documentOf, linesOf } from './support/documents.ts';
import { FakeEngine, type FakePage } from './support/fakeEngine.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

async function opened(engine: FakeEngine, page: FakePage = engine.page()): Promise<Project> {
  const opening = Project.open('p1', page);
  await engine.answer();
  await engine.answer();
  return opening;
}

/** Types into a segment as it is shown, behind a number of characters from its end. */
function type(project: Project, segmentId: string, insert: string, { at = 0, deleted = 0 } = {}): void {
  const { document } = project;
  const pieces = changes.piecesOfSegment(document, segmentId);
  if (pieces.length === 0) return;
  const text = textOf(pieces.map(({ item }) => item));
  const to = Math.max(0, text.length - (at % (text.length + 1)));
  const from = Math.max(0, to - deleted);
  void project.applyTyped(changes.changeText(document, pieces, text, { from, to, insert }), 'typing');
}

describe('a project in a page', () => {
  test('shows an own edit at once, and is saved when the engine has answered', async () => {
    const engine = new FakeEngine(documentOf('A: one two'));
    const project = await opened(engine);
    expect(project.saveState).toBe('saved');
    type(project, 'g1', ' three');
    expect(linesOf(project.document)).toEqual(['A: one two three']);
    expect(project.saveState).toBe('saving');
    expect(linesOf(engine.document)).toEqual(['A: one two']);
    await engine.answer();
    expect(project.saveState).toBe('saved');
    expect(engine.document).toEqual(project.document);
    expect(project.history).toEqual({ undo: 'typing', redo: null });
  });

  test('what is heard while it is being opened is in it, also when its document had left the engine before', async () => {
    const engine = new FakeEngine(documentOf('A: one two'));
    const opening = Project.open('p1', engine.page());
    const heard = (id: string, afterId: string) => {
      const word = { kind: 'word', id, text: id, startMs: 9000, endMs: 9400 } as const;
      const items = [{ ...word, confidence: 1, origin: 'recogniser' as const }];
      engine.edit([{ type: 'replaceItems', afterId, removeIds: [], items }], { origin: 'recogniser' });
    };
    await engine.answer(2);
    heard('three', 'w2');
    heard('four', 'three');
    await engine.answer();
    expect(linesOf((await opening).document)).toEqual(['A: one two three four']);
  });

  test('edits go one after the other, each on the revision that was known', async () => {
    const engine = new FakeEngine(documentOf('A: one'));
    const project = await opened(engine);
    for (const word of [' two', ' three', ' four']) type(project, 'g1', word);
    expect(engine.waiting).toBe(0);
    await Promise.resolve();
    expect(engine.waiting).toBe(1);
    await engine.answer();
    expect(linesOf(engine.document)).toEqual(['A: one two three four']);
    const applied = engine.calls.filter(({ method }) => method === 'project.apply');
    expect(applied.map(({ params }) => (params as { baseRevision: number }).baseRevision)).toEqual([0, 1, 2]);
  });

  test('what is typed within a second is one step; a move or a pause begins another', async () => {
    const engine = new FakeEngine(documentOf('A: one'));
    const project = await opened(engine);
    type(project, 'g1', 'a');
    vi.advanceTimersByTime(900);
    type(project, 'g1', 'b');
    vi.advanceTimersByTime(1_100);
    type(project, 'g1', 'c');
    project.endTyping();
    type(project, 'g1', 'd');
    await engine.answer();
    expect(linesOf(project.document)).toEqual(['A: oneabcd']);
    const undone = [];
    for (let k = 0; k < 4; k++) {
      void project.undo();
      await engine.answer();
      undone.push(linesOf(project.document)[0]);
    }
    expect(undone).toEqual(['A: oneabc', 'A: oneab', 'A: one', 'A: one']);
    for (let k = 0; k < 3; k++) void project.redo();
    await engine.answer();
    expect(linesOf(project.document)).toEqual(['A: oneabcd']);
    expect(engine.document).toEqual(project.document);
  });

  test('words get their times when the run has ended, as a part of its step', async () => {
    const engine = new FakeEngine(documentOf('A: one two three'));
    const project = await opened(engine);
    type(project, 'g1', 'deux', { at: 6, deleted: 3 });
    await engine.answer();
    expect(engine.calls.filter(({ method }) => method === 'project.align')).toEqual([]);
    expect(project.awaitingTimes.has('w2')).toBe(true);
    vi.advanceTimersByTime(1_000);
    await engine.answer();
    const align = engine.calls.find(({ method }) => method === 'project.align');
    expect(align?.params).toMatchObject({
      spans: [{ wordIds: ['w2'], startMs: 400, endMs: 1000 }],
      becauseOf: engine.edits[0].id,
    });
    engine.edit(
      [{ type: 'changeWords', changes: [{ id: 'w2', startMs: 600, endMs: 700, alignment: 0.9 }] }],
      {
        origin: 'aligner',
        becauseOf: engine.edits[0].id,
      },
    );
    expect(project.awaitingTimes.has('w2')).toBe(false);
    void project.undo();
    await engine.answer();
    expect(project.document).toEqual(documentOf('A: one two three'));
  });

  test('d01: replace all, a letter, a join and a split are undone and redone step by step', async () => {
    const engine = new FakeEngine(documentOf('A: a hill', 'A: the hill', 'A: hill end'));
    const project = await opened(engine);
    const states = [project.document];
    const act = async (change: changes.Change, label: string) => {
      void project.applyChange(change, { label });
      await engine.answer();
      states.push(project.document);
    };
    const { find, replaceHits } = await import('../../renderer/editor/find.ts');
    const query = {
      text: 'hill',
      matchCase: false,
      wholeWords: false,
      regularExpression: false,
      exact: false,
    };
    await act(
      replaceHits(project.document, find(project.document, query), 'high mount', query),
      'replace of 3',
    );
    const pieces = changes.piecesOfSegment(project.document, 'g1');
    await act(
      changes.changeText(project.document, pieces, 'a high mount', { from: 1, to: 1, insert: 'n' }),
      'typing',
    );
    await act(changes.joinWithPrevious(project.document, 'g2')!, 'join');
    await act(changes.splitAt(project.document, { segmentId: 'g3', offset: 7 }, 'high mount end')!, 'split');
    expect(linesOf(project.document)).toEqual([
      'A: an high mount the high mount',
      'A: high mo',
      'A: unt end',
    ]);
    for (let k = states.length - 2; k >= 0; k--) {
      void project.undo();
      await engine.answer();
      expect(project.document).toEqual(states[k]);
    }
    expect(project.history).toEqual({ undo: null, redo: 'replace of 3' });
    for (let k = 1; k < states.length; k++) {
      void project.redo();
      await engine.answer();
      expect(project.document).toEqual(states[k]);
    }
  });

  test('what does not fit is refused before anything changes', async () => {
    const engine = new FakeEngine(documentOf('A: one'));
    const project = await opened(engine);
    expect(() => project.apply([{ type: 'joinSegment', segmentId: 'gone' }], { label: 'join' })).toThrow(
      OperationError,
    );
    expect(linesOf(project.document)).toEqual(['A: one']);
    expect(engine.calls.some(({ method }) => method === 'project.apply')).toBe(false);
  });

  test('two pages see each change, and each keeps its own', async () => {
    const engine = new FakeEngine(documentOf('A: one two', 'B: three'));
    const [here, there] = [await opened(engine), await opened(engine)];
    type(here, 'g1', ' more');
    type(there, 'g2', ' four');
    await engine.answer();
    expect(linesOf(here.document)).toEqual(['A: one two more', 'B: three four']);
    expect(there.document).toEqual(here.document);
  });

  test('a lost connection: what was told meanwhile is asked for, what was typed stays', async () => {
    const engine = new FakeEngine(documentOf('A: one', 'B: two'));
    const page = engine.page();
    const project = await opened(engine, page);
    page.isDeaf = true;
    type(project, 'g1', ' mine');
    engine.edit([{ type: 'renameSpeaker', speakerId: 's-B', name: 'Bea' }], { origin: 'person' });
    page.refresh();
    await engine.answer();
    await engine.answer();
    expect(linesOf(project.document)).toEqual(['A: one mine', 'Bea: two']);
    expect(engine.document).toEqual(project.document);
    expect(project.saveState).toBe('saved');
  });

  test('an edit that the engine had already when it is sent again counts once', async () => {
    const engine = new FakeEngine(documentOf('A: one'));
    const page = engine.page();
    const project = await opened(engine, page);
    type(project, 'g1', ' mine');
    await Promise.resolve();
    const [{ params }] = engine.calls.filter(({ method }) => method === 'project.apply');
    const { editId, operations } = params as { editId: string; operations: [] };
    engine.edit(operations, { id: editId, origin: 'person' });
    await engine.answer();
    expect(linesOf(project.document)).toEqual(['A: one mine']);
    expect(engine.edits).toHaveLength(1);
    expect(engine.document).toEqual(project.document);
  });

  test('an edit that was not saved is told after a second, and is sent by the page that is loaded next', async () => {
    const stored = new Map<string, string>();
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    });
    const engine = new FakeEngine(documentOf('A: one'));
    const project = await opened(engine);
    type(project, 'g1', ' two');
    type(project, 'g1', ' three');
    expect(project.saveState).toBe('saving');
    vi.advanceTimersByTime(1000);
    expect(project.saveState).toBe('unsaved');
    project.close();
    engine.forget();

    const next = await opened(engine);
    expect(linesOf(next.document)).toEqual(['A: one two three']);
    expect(next.saveState).toBe('saved');
    expect([...stored]).toEqual([]);
    vi.unstubAllGlobals();
  });

  test('words that arrive while a person types slip in behind', async () => {
    const engine = new FakeEngine(documentOf('A: one'));
    const project = await opened(engine);
    type(project, 'g1', ' mine');
    const word = { kind: 'word', id: 'h1', text: 'heard', startMs: 9000, endMs: 9400 } as const;
    const heard = { ...word, confidence: 1, origin: 'recogniser' } as const;
    engine.edit([{ type: 'replaceItems', afterId: 'w1', removeIds: [], items: [heard] }], {
      origin: 'recogniser',
    });
    expect(linesOf(project.document)[0]).toContain('mine');
    expect([...project.newestIds]).toEqual(['h1']);
    await engine.answer();
    expect(engine.document).toEqual(project.document);
  });
});

test('any edits here, there and by the engine end equal on all sides', async () => {
  vi.useRealTimers();
  const segment = fc.nat(5);
  const act = fc.oneof(
    fc.record({
      kind: fc.constant('type' as const),
      page: fc.nat(1),
      segment,
      at: fc.nat(20),
      deleted: fc.nat(6),
      insert: fc.constantFrom('', 'x', ' uno dos ', ' [noise]', ' tres'),
    }),
    fc.record({
      kind: fc.constantFrom('split' as const, 'join' as const),
      page: fc.nat(1),
      segment,
      at: fc.nat(20),
    }),
    fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const), page: fc.nat(1) }),
    fc.record({ kind: fc.constant('answer' as const), count: fc.nat(3) }),
    fc.record({ kind: fc.constantFrom('deaf' as const, 'refresh' as const), page: fc.nat(1) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      const engine = new FakeEngine(
        documentOf('A: one two three', 'B: four five', 'A: six seven eight nine'),
      );
      const pages = [engine.page(), engine.page()];
      const projects = [await opened(engine, pages[0]), await opened(engine, pages[1])];
      for (const step of acts) {
        if (step.kind === 'answer') {
          await engine.answer(step.count);
          continue;
        }
        const project = projects[step.page];
        const { document } = project;
        try {
          if (step.kind === 'type') {
            type(project, document.segments[step.segment % document.segments.length]?.id, step.insert, step);
          } else if (step.kind === 'split' || step.kind === 'join') {
            const place = step.segment % document.segments.length;
            const { id } = document.segments[place];
            const text = textOf(lineItems(document, place));
            const change =
              step.kind === 'join'
                ? changes.joinWithPrevious(document, id)
                : changes.splitAt(document, { segmentId: id, offset: step.at }, text);
            if (change) void project.applyChange(change, { label: step.kind });
          } else if (step.kind === 'undo' || step.kind === 'redo') {
            void project[step.kind]();
          } else if (step.kind === 'deaf') {
            pages[step.page].isDeaf = true;
          } else {
            pages[step.page].refresh();
          }
        } catch (cause) {
          if (!(cause instanceof OperationError || document.segments.length === 0)) throw cause;
        }
        expect(faults(project.document)).toEqual([]);
      }
      for (let k = 0; k < 40 && (engine.waiting > 0 || k < 3); k++) {
        await engine.answer();
        pages.forEach((page) => page.isDeaf && page.refresh());
      }
      projects.forEach((project) => {
        expect(project.document).toEqual(engine.document);
        expect(project.saveState).toBe('saved');
        project.close();
      });
    }),
    { numRuns: 150 },
  );
});

/** A person with the caret in the first segment, as `TextEditing` is without a browser. */
class Typist {
  readonly project: Project;
  #draft: ReturnType<typeof draftOf>;
  #caret: number;

  constructor(project: Project, caret: number) {
    this.project = project;
    this.#draft = draftOf(this.#items);
    this.#caret = caret;
  }

  get #items() {
    return lineItems(this.project.document, 0);
  }

  /** What is shown after a change by others. */
  follow(): string {
    const { draft, places } = caughtUp(this.#draft, this.#items, [this.#caret]);
    this.#draft = draft;
    [this.#caret] = places;
    return draft.text;
  }

  type(letter: string): void {
    this.follow();
    const { text, pieces } = this.#draft;
    const at = this.#caret;
    const change = { from: at, to: at, insert: letter };
    void this.project.applyTyped(changes.changeText(this.project.document, pieces, text, change), 'typing');
    const typed = typedDraft(text.slice(0, at) + letter + text.slice(at), this.#items, at + 1);
    this.#draft = typed.draft;
    this.#caret = typed.caret;
  }
}

test('two who type in one segment: each sees what is stored, and no word is lost or run into another', async () => {
  vi.useRealTimers();
  const start = 'one two three four five six';
  const steps = fc.array(fc.oneof(fc.nat(1), fc.record({ answers: fc.nat(3) })), {
    maxLength: 60,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 6 }), steps, async (behind, order) => {
      const words = start.split(' ');
      const typed = ['alpha beta gamma ', ' uno dos, tres'];
      const engine = new FakeEngine(documentOf(`A: ${start}`));
      const projects = [await opened(engine), await opened(engine)];
      const typists = [
        new Typist(projects[0], 0),
        new Typist(projects[1], words.slice(0, behind).join(' ').length),
      ];
      const left = typed.map((text) => [...text]);
      const shows = () =>
        typists.forEach((typist) => {
          expect(oneLine(typist.follow())).toBe(textOf(lineItems(typist.project.document, 0)));
        });
      for (const step of [...order, ...left[0].map(() => 0), ...left[1].map(() => 1)]) {
        if (typeof step === 'number') {
          const letter = left[step].shift();
          if (letter !== undefined) typists[step].type(letter);
        } else await engine.answer(step.answers);
        shows();
      }
      for (let k = 0; k < 40 && (engine.waiting > 0 || k < 3); k++) await engine.answer();
      shows();
      const expected = [...words.slice(0, behind), typed[1].trim(), ...words.slice(behind)].join(' ');
      expect(textOf(lineItems(engine.document, 0))).toBe(typed[0] + expected);
      projects.forEach((project) => {
        expect(project.document).toEqual(engine.document);
        project.close();
      });
    }),
    { numRuns: 100 },
  );
});
