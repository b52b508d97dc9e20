import type { TranscriptDocument, Word } from '../../transcript/document.ts';
import { alignmentSpans, type AlignmentSpan } from '../../transcript/editing/alignment.ts';
import { OperationError, type Operation, type WordChange } from '../../transcript/operations.ts';
import { itemIndex, segmentIndexAt } from '../../transcript/positions.ts';
import type { ModelManifest } from '../../native-models/model.ts';
import { sampleRateHz } from '../media/types.ts';
import { alignInWorker } from '../recognition/alignInWorker.ts';
import type { LogProbabilities } from '../recognition/types.ts';
import type { Project } from './project.ts';
import type { StoredWindow } from './windowStore.ts';

export type SpanToAlign = { wordIds: readonly string[] };

/** Words below this alignment probably were not said there. */
const doubtfulAlignment = 0.3;

/** The manifest of the model that made a window; undefined where it is not installed (any more). */
export type ManifestOf = (modelId: string) => Promise<ModelManifest | undefined>;

/**
 * Gives words true times by forced alignment over the project's stored log-probabilities: each span between its
 * neighbours (see `alignmentSpans`). What has not been heard yet, or whose words are gone meanwhile, stays as it is.
 *
 * @param becauseOf the edit that made the times a guess; once it is taken back they do not count any more
 * @returns how many words got times, and how many of them fit badly
 * @throws WriteError
 */
export async function alignSpans(
  project: Project,
  spans: readonly SpanToAlign[],
  manifestOf: ManifestOf,
  becauseOf?: string,
): Promise<{ aligned: number; doubtful: number }> {
  let aligned = 0;
  let doubtful = 0;
  for (const { wordIds } of spans) {
    // What stands there may have changed since they were sent.
    for (const span of alignmentSpans(project.document, new Set(wordIds))) {
      const changes = await alignedWords(project, span, manifestOf);
      const edit = changes.length > 0 && (await write(project, changes, becauseOf));
      if (!edit) continue;
      aligned += changes.length;
      doubtful += changes.filter(({ alignment }) => (alignment ?? 0) < doubtfulAlignment).length;
    }
  }
  return { aligned, doubtful };
}

async function write(project: Project, changes: WordChange[], becauseOf: string | undefined) {
  const make = (): Operation[] =>
    becauseOf === undefined || project.isDone(becauseOf) ? [{ type: 'changeWords', changes }] : [];
  try {
    return await project.edit(make, { origin: 'aligner', becauseOf });
  } catch (cause) {
    // Somebody was quicker and changed what stands there; the next edit of it is aligned again.
    if (cause instanceof OperationError) return null;
    throw cause;
  }
}

async function alignedWords(
  project: Project,
  { wordIds, startMs: fromMs, endMs: toMs }: AlignmentSpan,
  manifestOf: ManifestOf,
): Promise<WordChange[]> {
  const { words, speakerId } = wordsOf(project.document, wordIds);
  if (toMs - fromMs < words.length) return [];
  const store = await project.windows();
  const channel = project.about.options.channels === 'split' ? channelOf(speakerId) : null;
  const windows = store.windows.filter(
    (window) => (channel === null || window.channel === channel) && overlaps(window, fromMs, toMs),
  );
  const manifest = windows[0] && (await manifestOf(windows[0].modelId));
  if (!manifest || windows.some((window) => window.vocabularySha256 !== manifest.vocabularySha256)) return [];
  const pieces: LogProbabilities[] = [];
  for (const window of windows) pieces.push((await store.read(window)).logProbabilities);
  const found = await alignInWorker(
    pieces,
    words.map(({ text, spoken }) => ({ text, spoken })),
    manifest,
    { fromMs, toMs },
  );
  return words.map(({ id, text }, place) => {
    const { startMs, endMs, alignment } = found[place];
    return { id, whenText: text, startMs, endMs, alignment, modelId: manifest.id };
  });
}

/** The words of a span, and who says them. */
function wordsOf(document: TranscriptDocument, wordIds: readonly string[]) {
  const first = itemIndex(document.items, wordIds[0]);
  const { speakerId } = document.segments[segmentIndexAt(document, first)];
  const words = wordIds.map((id) => document.items[itemIndex(document.items, id)] as Word);
  return { words, speakerId };
}

function overlaps(window: StoredWindow, fromMs: number, toMs: number): boolean {
  const samplesPerMs = sampleRateHz / 1000;
  const endSample = window.framesStartSample + window.frames * window.hopSamples;
  return (
    window.frames > 0 && window.framesStartSample < toMs * samplesPerMs && endSample > fromMs * samplesPerMs
  );
}

/** The channel that a speaker was heard on; null for one who is no channel. */
export function channelOf(speakerId: string | null): number | null {
  const found = /^channel([1-9]\d*)$/.exec(speakerId ?? '');
  return found ? Number(found[1]) - 1 : null;
}
