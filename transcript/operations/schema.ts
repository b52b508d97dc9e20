import * as z from 'zod';
import { cueOverride, documentSchema, item, segment, speaker, word } from '../document.ts';

const id = z.string().min(1);
const { text, startMs, endMs, confidence, origin, spoken, alternatives, modelId, alignment, highlighted } =
  word.shape;

/** New values for a word's fields. A field that is not named stays; null takes an optional one away. */
export const wordChange = z.object({
  id,
  /** Only where the word still reads so: for an aligner, whose times hold for the text that it was given. */
  whenText: text.optional(),
  text: text.optional(),
  startMs: startMs.optional(),
  endMs: endMs.optional(),
  confidence: confidence.optional(),
  origin: origin.optional(),
  spoken: spoken.nullable(),
  alternatives: alternatives.nullable(),
  modelId: modelId.nullable(),
  alignment: alignment.nullable(),
  highlighted: highlighted.nullable(),
});

/** Overrides to take away and to put (those with a known id are replaced), in one step. */
export const overrideChanges = z.object({ removeIds: z.array(id), put: z.array(cueOverride) });

/**
 * Puts `items` in the place of `removeIds`, which stand directly after `afterId` (null: at the beginning).
 * Either may be empty. An item may be removed and put again, so that order and texts of notes can change.
 *
 * Without `segments`, the new items belong to the segment of the first removed one (nothing removed: of
 * `afterId`), a segment that loses its beginning begins at its next item, and one that loses all goes.
 * With `segments`, those are exactly the segments that begin in the range afterwards: at one of `items`, or,
 * for one that began in the range or right behind it, at the item right behind.
 *
 * Overrides that lose an anchor shrink to what is left of their words; the first one touched also takes in the
 * new words where it lost its own. `overrides` is applied after that.
 */
export const replaceItems = z.object({
  type: z.literal('replaceItems'),
  afterId: id.nullable(),
  removeIds: z.array(id),
  items: z.array(item),
  segments: z.array(segment).optional(),
  overrides: overrideChanges.optional(),
});

/** Changes words in their places, all at once: times need to fit only when all are changed. */
export const changeWords = z.object({ type: z.literal('changeWords'), changes: z.array(wordChange).min(1) });

/** Begins a new segment at an item; it has the speaker of the old one where none is named. */
export const splitSegment = z.object({
  type: z.literal('splitSegment'),
  itemId: id,
  segmentId: id,
  speakerId: id.nullable().optional(),
});

/** Adds a segment to the one before it, whose speaker then says all. */
export const joinSegment = z.object({ type: z.literal('joinSegment'), segmentId: id });

export const setSpeakers = z.object({
  type: z.literal('setSpeakers'),
  assignments: z.array(z.object({ segmentId: id, speakerId: id.nullable() })).min(1),
});

/** Adds a speaker to the table before another one (null: at its end). */
export const addSpeaker = z.object({ type: z.literal('addSpeaker'), speaker, beforeId: id.nullable() });

/** Takes a speaker who says nothing out of the table. */
export const removeSpeaker = z.object({ type: z.literal('removeSpeaker'), speakerId: id });

export const renameSpeaker = z.object({
  type: z.literal('renameSpeaker'),
  speakerId: id,
  name: speaker.shape.name,
});

export const changeOverrides = z.object({ type: z.literal('changeOverrides'), ...overrideChanges.shape });

/** Replaces what the document says about its medium, model or languages; what is not named stays. */
export const setProperties = z.object({
  type: z.literal('setProperties'),
  media: documentSchema.shape.media.optional(),
  model: documentSchema.shape.model.optional(),
  languages: documentSchema.shape.languages.optional(),
});

/** A small change of a document, addressed by ids, as plain JSON. */
export const operationSchema = z.discriminatedUnion('type', [
  replaceItems,
  changeWords,
  splitSegment,
  joinSegment,
  setSpeakers,
  addSpeaker,
  removeSpeaker,
  renameSpeaker,
  changeOverrides,
  setProperties,
]);

export type WordChange = z.infer<typeof wordChange>;
export type OverrideChanges = z.infer<typeof overrideChanges>;
export type ReplaceItems = z.infer<typeof replaceItems>;
export type ChangeWords = z.infer<typeof changeWords>;
export type SplitSegment = z.infer<typeof splitSegment>;
export type JoinSegment = z.infer<typeof joinSegment>;
export type SetSpeakers = z.infer<typeof setSpeakers>;
export type AddSpeaker = z.infer<typeof addSpeaker>;
export type RemoveSpeaker = z.infer<typeof removeSpeaker>;
export type RenameSpeaker = z.infer<typeof renameSpeaker>;
export type ChangeOverrides = z.infer<typeof changeOverrides>;
export type SetProperties = z.infer<typeof setProperties>;
export type Operation = z.infer<typeof operationSchema>;
