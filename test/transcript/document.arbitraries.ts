import fc from 'fast-check';
import { countingIds, emptyDocument } from '../../transcript/create.ts';
import type { CueOverride, Item, TranscriptDocument } from '../../transcript/document.ts';
import { applyOperation, applyOperations, OperationError } from '../../transcript/operations.ts';
import type { Operation } from '../../transcript/operations.ts';
import { isWord } from '../../transcript/positions.ts';
import { appendWords } from '../../transcript/segmentation.ts';

/** A document with two speakers who talk over each other, notes and cues set by hand. */
export const anyDocument: fc.Arbitrary<TranscriptDocument> = fc
  .record({
    talk: fc.array(
      fc.record({
        speakerId: fc.constantFrom('A', 'B', null),
        startMs: fc.integer({ min: 0, max: 9000 }),
        lasts: fc.integer({ min: 1, max: 900 }),
        text: fc.constantFrom('the', 'sea', 'Where?', 'so,', 'R&D', 'été'),
      }),
      { maxLength: 40, size: 'max' },
    ),
    steps: fc.array(fc.array(fc.nat(997), { minLength: 8, maxLength: 8 }), { maxLength: 8, size: 'max' }),
  })
  .map(({ talk, steps }) => {
    const empty: TranscriptDocument = {
      ...emptyDocument({ name: 'a.wav', durationMs: 20_000 }),
      speakers: ['A', 'B'].map((id) => ({ id, name: `Speaker ${id}` })),
    };
    const words = talk.map(({ lasts, ...word }) => ({
      ...word,
      endMs: word.startMs + lasts,
      confidence: 0.5,
      origin: 'recogniser' as const,
    }));
    const ids = countingIds('w');
    const document = applyOperations(empty, appendWords(empty, words, { newId: ids })).document;
    return steps.reduce(
      (current, step) => attempt(current, anyStep(current, step, ids))?.document ?? current,
      document,
    );
  });

/** Numbers from which `anyStep` makes an operation that suits the document at hand. */
export const anySteps = fc.array(fc.array(fc.nat(997), { minLength: 8, maxLength: 8 }), {
  maxLength: 30,
  size: 'max',
});

/** The result of an operation, null where the document refuses it. */
export function attempt(document: TranscriptDocument, operation: Operation | null) {
  if (!operation) {
    return null;
  }
  try {
    return applyOperation(document, operation);
  } catch (error) {
    if (error instanceof OperationError) {
      return null;
    }
    throw error;
  }
}

function pick<T>(list: readonly T[], choice: number): T | undefined {
  return list[choice % Math.max(1, list.length)];
}

/** An operation of any kind; often, but not always, one that can be applied. */
export function anyStep(
  document: TranscriptDocument,
  [kind, a, b, c, d, e, f, g]: number[],
  newId: () => string,
): Operation | null {
  const { items, segments, speakers, overrides } = document;
  const words = items.filter(isWord);
  const segment = pick(segments, a);
  switch (kind % 12) {
    case 0:
    case 1:
    case 2: {
      const start = a % (items.length + 1);
      const end = Math.min(items.length, start + (kind % 12 === 0 ? 0 : b % 7));
      const fromMs = items.slice(0, start).findLast(isWord)?.endMs ?? 0;
      const toMs = items.slice(end).find(isWord)?.startMs ?? document.media.durationMs;
      const count = kind % 12 === 1 ? 0 : c % 5;
      const roomMs = Math.max(0, toMs - fromMs);
      const added = Array.from({ length: count }, (_, k): Item =>
        (d + k) % 4 === 0
          ? { kind: 'note', id: newId(), text: '[laughs]' }
          : {
              kind: 'word',
              id: newId(),
              text: pick(['new', 'words', 'here.'], d + k)!,
              startMs: fromMs + Math.floor((roomMs * k) / count),
              endMs: fromMs + Math.floor((roomMs * (k + 1)) / count),
              confidence: 1,
              origin: 'person',
            },
      );
      // Now and then removed items come again, or segments are given.
      const again = e % 3 === 0 ? items.slice(start, end) : [];
      const put = [...added, ...again];
      const newSegments = put
        .filter((_, k) => k === 0 || (k + f) % 3 === 0)
        .map((item) => ({ id: newId(), firstItemId: item.id, speakerId: pick(['A', 'B', null], g) ?? null }));
      return {
        type: 'replaceItems',
        afterId: items[start - 1]?.id ?? null,
        removeIds: items.slice(start, end).map((item) => item.id),
        items: put,
        ...(f % 3 === 0 && { segments: newSegments }),
      };
    }
    case 3: {
      const at = a % Math.max(1, words.length);
      const some = words.slice(at, at + 1 + (b % 4));
      return some.length === 0
        ? null
        : {
            type: 'changeWords',
            changes: some.map((word, k) => ({
              id: word.id,
              startMs: word.startMs + ((c + k) % 3) * 40,
              endMs: word.endMs + ((d + k) % 3) * 40,
              ...(e % 2 && { text: `changed${e}`, origin: 'person' as const }),
              ...(f % 2 && { spoken: f % 4 === 1 ? 'spoken' : null, alignment: g % 2 ? 0.5 : null }),
              ...(g % 5 === 0 && { alternatives: [{ text: 'see', confidence: 0.1 }], confidence: 1 }),
            })),
          };
    }
    case 4:
      return items.length === 0
        ? null
        : {
            type: 'splitSegment',
            itemId: pick(items, a)!.id,
            segmentId: newId(),
            ...(b % 3 === 0 && { speakerId: pick(['A', 'B', null], c) ?? null }),
          };
    case 5:
      return segment ? { type: 'joinSegment', segmentId: segment.id } : null;
    case 6:
      return segment
        ? {
            type: 'setSpeakers',
            assignments: segments
              .slice(a % segments.length, (a % segments.length) + 1 + (b % 2))
              .map(({ id }, k) => ({
                segmentId: id,
                speakerId: pick([...speakers, null], c + k)?.id ?? null,
              })),
          }
        : null;
    case 7: {
      const beforeId = pick([...speakers, null], a)?.id ?? null;
      return { type: 'addSpeaker', speaker: { id: newId(), name: 'Marta' }, beforeId };
    }
    case 8:
      return speakers.length === 0 ? null : { type: 'removeSpeaker', speakerId: pick(speakers, a)!.id };
    case 9:
      return speakers.length === 0
        ? null
        : { type: 'renameSpeaker', speakerId: pick(speakers, a)!.id, name: `Speaker ${b}` };
    case 10: {
      const at = a % Math.max(1, words.length);
      const cue = words.slice(at, at + 1 + (b % 5));
      const old = pick(overrides, c);
      const put: CueOverride[] =
        cue.length === 0
          ? []
          : [
              {
                id: d % 3 === 0 && old ? old.id : newId(),
                firstWordId: cue[0].id,
                lastWordId: cue.at(-1)!.id,
                ...(e % 2 && { startMs: cue[0].startMs, italic: true }),
                ...(f % 2 && { lineBreakAfterWordIds: [pick(cue, g)!.id] }),
              },
            ];
      return {
        type: 'changeOverrides',
        removeIds: d % 4 === 0 && old ? [old.id] : [],
        put,
      };
    }
    default: {
      const durationMs = a % 3 === 0 ? document.media.durationMs + b - 300 : document.media.durationMs;
      return {
        type: 'setProperties',
        media: { ...document.media, durationMs: Math.max(0, durationMs) },
        ...(c % 2 && { model: d % 2 ? { id: 'tiny', device: 'cpu' } : null, languages: ['en'] }),
      };
    }
  }
}
