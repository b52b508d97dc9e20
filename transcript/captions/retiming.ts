import type { CueOverride, TranscriptDocument, Word } from '../document.ts';
import type { Operation, WordChange } from '../operations/schema.ts';
import { shortestWordMs } from '../soundness.ts';

/** Old time times `scale` plus `offsetMs` is the new time. */
export type Retiming = { scale: number; offsetMs: number };

/** Two times that are known in both clocks give the line through them. */
export function retimingThrough(
  first: { fromMs: number; toMs: number },
  second: { fromMs: number; toMs: number },
): Retiming {
  const scale = (second.toMs - first.toMs) / (second.fromMs - first.fromMs);
  return { scale, offsetMs: first.toMs - first.fromMs * scale };
}

/**
 * Shifts and stretches all words and all that was set by hand, for subtitles of another cut or frame rate.
 * @returns the operations, or null where words would lie outside of the recording
 */
export function retimeAll(
  { items, segments, overrides, media }: TranscriptDocument,
  { scale, offsetMs }: Retiming,
): Operation[] | null {
  const at = (ms: number) => Math.round(ms * scale + offsetMs);
  const speakerOf = new Map(segments.map((segment) => [segment.firstItemId, segment.speakerId]));
  const times = new Map<string, { startMs: number; endMs: number }>();
  const lastOf = new Map<string | null, { startMs: number; endMs: number }>();
  let speakerId: string | null = null;
  for (const item of items) {
    speakerId = speakerOf.has(item.id) ? speakerOf.get(item.id)! : speakerId;
    if (item.kind !== 'word') continue;
    const last = lastOf.get(speakerId);
    // Rounding may take from the shortest words what they have; they then push the next one on.
    const startMs = Math.max(at(item.startMs), last?.endMs ?? -Infinity);
    const next = { startMs, endMs: Math.max(startMs + shortestWordMs, at(item.endMs)) };
    if (startMs < 0 || next.endMs > media.durationMs) return null;
    lastOf.set(speakerId, next);
    times.set(item.id, next);
  }
  const moved = overrides.map((override) => movedOverride(override, at, media.durationMs));
  const changes = items
    .filter((item): item is Word => item.kind === 'word')
    .map((word): WordChange => ({ id: word.id, ...times.get(word.id)! }));
  const operations: Operation[] = [];
  if (changes.length > 0) operations.push({ type: 'changeWords', changes });
  if (moved.length > 0) operations.push({ type: 'changeOverrides', removeIds: [], put: moved });
  return operations;
}

function movedOverride(override: CueOverride, at: (ms: number) => number, durationMs: number): CueOverride {
  const inside = (ms: number) => Math.min(Math.max(0, at(ms)), durationMs);
  const { startMs, endMs } = override;
  const moved = { ...override };
  if (startMs !== undefined) moved.startMs = Math.min(inside(startMs), Math.max(0, durationMs - 1));
  if (endMs !== undefined) moved.endMs = Math.max(inside(endMs), (moved.startMs ?? 0) + 1);
  return moved;
}
