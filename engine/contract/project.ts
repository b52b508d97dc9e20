import * as z from 'zod';
import { captionRules } from '../../transcript/captions/rules.ts';
import { editSchema } from '../../transcript/journal.ts';
import { operationSchema } from '../../transcript/operations.ts';
import {
  device,
  filePath,
  modelId,
  nothing,
  ownId,
  ownWord,
  projectId,
  timestampMs,
  vocabulary,
} from './basics.ts';
import { historyState, revision } from './documentState.ts';
import { progress } from './queue.ts';

export * from './documentState.ts';

const project = z.object({ projectId });
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** Guards against what no person does: a document has at most some hundred thousand words. */
const operations = z.array(operationSchema).max(200_000);

/** Words whose times are a guess, and the stretch of sound that they are said in: `TextEdit.toAlign`. */
export const alignmentSpan = z.object({
  wordIds: z.array(z.string()).max(100_000),
  startMs: z.number().min(0),
  endMs: z.number().min(0),
});

/** An edit as pages need it: what leads back stays with the engine. */
export const publicEdit = editSchema.omit({ inverse: true });
export type PublicEdit = z.infer<typeof publicEdit>;

/** How the ids of steps begin that a job made for a person; no window of theirs has made them. */
export const jobEditPrefix = 'job-';

/** How a project's cues are laid out; `preset` is what a person chose, `rules` what counts. */
export const captionSettings = z.object({ preset: z.string().max(100), rules: captionRules });
export type CaptionSettings = z.infer<typeof captionSettings>;

/** An edit that a page has applied already and that the engine makes true. */
export const appliedEdit = project.extend({
  /** Made by the page, so that it knows its own among the events, and one sent twice counts once. */
  editId: ownId,
  /** The revision that the page had from the engine when it made the operations. */
  baseRevision: revision,
  operations,
  /** What undo calls it: “replace of 4”. */
  label: z.string().max(200).optional(),
  /** The first edit of the typed run that this one goes on: one undo for all. */
  becauseOf: ownId.optional(),
  /** Spans to align as soon as the edit is in; their times come as an edit of origin `aligner`. */
  toAlign: z.array(alignmentSpan).max(10_000).optional(),
});

/** An audio track of a medium, as its file calls it. */
export const soundTrack = z.object({
  /** 1 is the first. */
  number: z.number().int().positive(),
  /** A language tag; null: the file names none. */
  language: z.string().nullable(),
  title: z.string().nullable(),
});
export type SoundTrack = z.infer<typeof soundTrack>;

/** What the project's document was made of and where the sound is. */
const openedMedia = z.object({
  name: z.string(),
  durationMs: z.number().nullable(),
  hasVideo: z.boolean(),
  /** False: it has moved or its disk is not there; the text can be read meanwhile. */
  isThere: z.boolean(),
  /**
   * An MP3 of variable bit rate: a browser guesses where in the file a time lies, and is seconds beside it in a long one,
   * but shows the time that was asked for.
   */
  isGuessedInBrowsers: z.boolean(),
  /** The audio track that was heard, 1 is the first; null: not known. */
  track: z.number().int().nullable(),
  /** Those that can be heard; none where they are not known. */
  tracks: z.array(soundTrack),
});

/** All of an opened project but its document; `medium` is a path for a shell and an id for a page. */
export const openedProject = <T extends z.ZodRawShape>(medium: T) =>
  z.object({
    projectId,
    name: z.string(),
    media: openedMedia.extend(medium),
    captions: captionSettings,
    /** The project's own words to listen for. */
    vocabulary,
    /** Peaks that can be read by now, one for each 10 ms of the media. */
    peaks: z.number().int(),
    /** Whether spans can be aligned: log-probabilities are stored. */
    canAlign: z.boolean(),
    isWhole: z.boolean(),
    /** What was lost of a damaged project, a sentence each. */
    lost: z.array(z.string()),
  });

/** Where a file of the name is there: it stays and is told; ours gets a number; ours takes its place. */
export const whenThere = z.enum(['ask', 'keep-both', 'replace']);

export const exportOptions = z.object({
  /** Formats with cues: the project's caption settings where missing. */
  rules: captionRules.optional(),
  wordCues: z.boolean().optional(),
  wordTimes: z.boolean().optional(),
  fromTimecode: z.boolean().optional(),
  timestamps: z.boolean().optional(),
  speakers: z.boolean().optional(),
  rows: z.enum(['segments', 'words']).optional(),
  bom: z.boolean().optional(),
  crlf: z.boolean().optional(),
});
export type ExportOptions = z.infer<typeof exportOptions>;

/** A format's id as `transcript/formats` has it; an unknown one is refused with a sentence. */
const formatId = z.string().min(1).max(20);
export const exportedFile = z.object({ format: formatId, options: exportOptions });

/** Files to write; `folder` null: next to the media. */
export const exportRequest = <T extends z.ZodType>(folder: T) =>
  project.extend({
    files: z.array(exportedFile).min(1).max(40),
    folder: folder.nullable(),
    whenThere,
  });

/** Where a text is to be given times, or just to be read. */
export const importRequest = <T extends z.ZodType>(medium: T) =>
  z.object({
    /** An SRT, WebVTT, ASS, TTML, TXT, JSON, CSV or TSV file. */
    transcript: medium,
    media: medium.nullable(),
    /** Give its words their times in the media; subtitles keep their cues. */
    align: z.boolean(),
    encoding: z.string().max(40).optional(),
  });

export const locateRequest = <T extends z.ZodType>(medium: T) =>
  project.extend({
    media: medium,
    /** Take it though it is another file than the one that was heard. */
    anyway: z.boolean(),
  });

const proposedWords = z.object({
  words: z.array(z.object({ text: z.string(), count: z.number().int() })),
});

export const projectMethods = {
  /** All that an editor needs beside the document. Opening is not exclusive: every window sees each change. */
  'project.open': { params: project, result: openedProject({ path: filePath }) },
  /** The document as it stands: `decodeDocumentState` reads it. */
  'project.document': { params: project, result: bytes },
  'project.rename': { params: project.extend({ name: z.string().trim().min(1).max(200) }), result: nothing },
  /** Deletes the project, stopping its jobs; the media stays, except one that was uploaded into the project. */
  'project.delete': { params: project, result: nothing },
  'project.setCaptions': { params: project.extend({ captions: captionSettings }), result: nothing },
  /** Words to listen for when something of the project is heard again, beside those of the settings. */
  'project.setVocabulary': { params: project.extend({ vocabulary }), result: nothing },
  /**
   * Words that a person wrote into the project and that neither the language nor a vocabulary knows, the most frequent
   * first: what could be learned, if they agree. Those that they declined once do not come again.
   */
  'vocabulary.propose': { params: project, result: proposedWords },
  /** What a person says to a proposed word; the rest of them come back. */
  'vocabulary.decide': {
    params: project.extend({
      text: ownWord.shape.text,
      listen: z.enum(['here', 'everywhere', 'never']),
    }),
    result: proposedWords,
  },

  /**
   * Makes a page's edit true: rebased on what others did since `baseRevision`, written to the disk within a second,
   * told to all as `project.edited`. What speaks of things that are gone is left out and named.
   */
  'project.apply': {
    params: appliedEdit,
    result: z.object({
      revision,
      history: historyState,
      /** Null where nothing of it fitted any more. */
      edit: publicEdit.nullable(),
      dropped: z.array(z.object({ operation: operationSchema, message: z.string() })),
    }),
  },
  /** Takes the last step back, or brings it back; `name` is its label, null where there was nothing to do. */
  'project.undo': {
    params: project,
    result: z.object({ revision, history: historyState, name: z.string().nullable() }),
  },
  'project.redo': {
    params: project,
    result: z.object({ revision, history: historyState, name: z.string().nullable() }),
  },
  /**
   * Gives spans true times by forced alignment over the stored log-probabilities, as one edit of origin `aligner`
   * (no edit where nothing is to be aligned). A word that fits badly has a low `alignment`.
   */
  'project.align': {
    params: project.extend({ spans: z.array(alignmentSpan).max(10_000), becauseOf: ownId.optional() }),
    result: z.object({ revision, aligned: z.number().int(), doubtful: z.number().int() }),
  },
  /** Hears a stretch again, with another model; its words replace those that stand there, as one step to undo. */
  'project.recogniseAgain': {
    params: project.extend({
      fromMs: z.number().min(0),
      toMs: z.number().positive(),
      modelId,
      device: device.optional(),
    }),
    result: z.object({ jobId: ownId }),
  },
  /**
   * Hears the media once more for who speaks, where nobody is named yet, as one step to undo; words, times and names
   * stay. Answers with the job that is at it where one is.
   */
  'project.findSpeakers': { params: project, result: z.object({ jobId: ownId }) },
  /**
   * Hears another track of a project's media as the project's own was, into a project beside it. Where there is one of
   * that track already, that is told, and nothing is heard. `label` is what stands behind the name.
   */
  'project.hearTrack': {
    params: project.extend({ track: soundTrack.shape.number, label: z.string().trim().min(1).max(200) }),
    result: z.object({ projectId, jobId: ownId.nullable() }),
  },
  /** Joins a project with its media where that has moved to; another file is refused, unless `anyway`. */
  'project.locate': { params: locateRequest(filePath), result: nothing },
  /**
   * A piece of the outline of the sound: bytes, 255 the loudest. Each is the largest of `fold` peaks of 10 ms, from
   * peak `first` on; fewer come back where the media has not been heard so far.
   */
  'project.peaks': {
    params: project.extend({
      first: z.number().int().min(0),
      count: z.number().int().min(1).max(65_536),
      fold: z.number().int().min(1).max(100_000),
    }),
    result: bytes,
  },

  /** A file's text, exactly as it would be written; a format that is no text (DOCX) is refused. */
  'export.render': {
    params: project.extend({ file: exportedFile }),
    result: z.object({ fileName: z.string(), text: z.string() }),
  },
  /** Writes files, each whole or not at all. */
  'export.write': {
    params: exportRequest(filePath),
    result: z.object({
      folder: z.string(),
      files: z.array(
        z.discriminatedUnion('outcome', [
          z.object({ outcome: z.literal('written'), name: z.string(), bytes: z.number().int() }),
          z.object({ outcome: z.literal('there'), name: z.string(), changedAtMs: timestampMs }),
          z.object({ outcome: z.literal('failed'), name: z.string(), message: z.string() }),
        ]),
      ),
    }),
  },
  /** A project of a text that exists; with `align` its words get their times as a job of the queue. */
  'transcript.import': {
    params: importRequest(filePath),
    result: z.object({ projectId, jobId: ownId.nullable(), warnings: z.array(z.string()) }),
  },
} as const;

export const projectEvents = {
  /** One more edit, whoever made it; each revision comes exactly once and in order. */
  'project.edited': project.extend({ revision, edit: publicEdit, history: historyState }),
} as const;

export const jobEvents = {
  'job.progress': progress,
  /** The words of one more window. */
  'job.words': z.object({ jobId: z.string(), text: z.string(), startMs: z.number(), endMs: z.number() }),
  'job.warning': z.object({ jobId: z.string(), message: z.string() }),
} as const;
