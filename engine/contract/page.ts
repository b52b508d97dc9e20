import * as z from 'zod';
import { failure, nothing, projectId } from './basics.ts';
import { libraryEvents, libraryMethods } from './library.ts';
import { modelEvents, modelMethods } from './models.ts';
import {
  exportRequest,
  importRequest,
  jobEvents,
  locateRequest,
  openedProject,
  projectEvents,
  projectMethods,
} from './project.ts';
import { addedMedia, queueEvents, queueMethods } from './queue.ts';
import { settingsEvents, settingsMethods } from './settings.ts';
import { storedEvents, storedMethods } from './stored.ts';

/**
 * What a page can ask its shell and what it hears. Most is the engine's own (the shell hands it on); where the engine
 * takes a path, a page gives an id that the shell has granted before, so that a page never names a file.
 *
 * A page that lost its connection asks again for what it shows: `queue.list`, and `project.open` for its project.
 */

/** A file or folder that the shell has let the page use: 128 random bits, which hold until the shell ends. */
export const grantId = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

const folderEntry = z.object({ folderId: grantId, name: z.string() });
const fileEntry = z.object({
  mediaId: grantId,
  name: z.string(),
  bytes: z.number(),
  changedAtMs: z.number(),
  kind: z.enum(['media', 'transcript', 'other']),
});

const shellMethods = {
  /** Which shell it is and what it can do, and how long an upload may be. */
  'shell.describe': {
    params: nothing,
    result: z.object({
      shell: z.enum(['server', 'desktop']),
      version: z.string(),
      /** Files are picked from a listing (`files.list`); false: by the system's own dialog. */
      listsFiles: z.boolean(),
      uploadLimitBytes: z.number().nullable(),
    }),
  },
  /**
   * What a folder holds that a person may choose from; null: the folders that the shell was given. Hidden files and
   * what leads out of them is left out.
   */
  'files.list': {
    params: z.object({ folderId: grantId.nullable() }),
    result: z.object({
      /** From a given folder down to this one; empty for the list of given folders. */
      path: z.array(folderEntry),
      folders: z.array(folderEntry),
      files: z.array(fileEntry),
    }),
  },
  /**
   * Asks the person in the system's own dialog, where the shell has one (`listsFiles` is false); nothing chosen where
   * they cancel.
   */
  'files.choose': {
    params: z.object({ what: z.enum(['media', 'transcript', 'folder']), several: z.boolean() }),
    result: z.object({ files: z.array(fileEntry), folder: folderEntry.nullable() }),
  },
  /** The other files of a file's folder whose names begin as its own does: a talk's film beside its subtitles. */
  'files.beside': {
    params: z.object({ mediaId: grantId }),
    result: z.object({ files: z.array(fileEntry) }),
  },
  /** The names behind ids, for what was dropped or uploaded. */
  'files.describe': {
    params: z.object({ mediaIds: z.array(grantId).max(10_000) }),
    result: z.object({ files: z.array(fileEntry) }),
  },
} as const;

export const pageMethods = {
  ...libraryMethods,
  ...queueMethods,
  ...projectMethods,
  ...settingsMethods,
  ...modelMethods,
  ...storedMethods,
  ...shellMethods,
  'queue.add': { ...queueMethods['queue.add'], params: addedMedia(grantId) },
  /** `mediaId` is for `/media/ID` and `/media/ID/proxy`; null where the media is not there. */
  'project.open': {
    ...projectMethods['project.open'],
    result: openedProject({ mediaId: grantId.nullable() }),
  },
  'project.locate': { ...projectMethods['project.locate'], params: locateRequest(grantId) },
  'export.write': { ...projectMethods['export.write'], params: exportRequest(grantId) },
  'transcript.import': { ...projectMethods['transcript.import'], params: importRequest(grantId) },
} as const;

export const pageEvents = {
  ...libraryEvents,
  ...queueEvents,
  ...projectEvents,
  ...jobEvents,
  ...settingsEvents,
  ...modelEvents,
  ...storedEvents,
  /** The engine was started again; what was told lately may not have been. Ask again for what is shown. */
  'engine.restarted': nothing,
} as const;

/**
 * What may be asked again where it is not known whether it was done (the engine or the connection ended meanwhile):
 * what only reads, and what comes to the same when it is done twice.
 */
export const repeatableMethods: ReadonlySet<PageMethodName> = new Set<PageMethodName>([
  ...(['library.list', 'library.search', 'queue.list', 'queue.stop', 'queue.pause', 'queue.move'] as const),
  ...(['project.open', 'project.document'] as const),
  ...(['project.apply', 'project.align', 'project.rename', 'project.setCaptions'] as const),
  ...(['project.setVocabulary', 'vocabulary.propose', 'vocabulary.decide'] as const),
  ...(['project.findSpeakers', 'project.hearTrack'] as const),
  ...(['project.locate', 'project.peaks', 'export.render', 'settings.get', 'settings.set'] as const),
  ...([
    'models.list',
    'models.catalogue',
    'models.installs',
    'models.install',
    'models.pauseInstall',
  ] as const),
  ...(['stored.list', 'machine.describe'] as const),
  ...(['shell.describe', 'files.list', 'files.beside', 'files.describe'] as const),
]);

export type PageMethods = typeof pageMethods;
export type PageMethodName = keyof PageMethods;
export type PageParams<M extends PageMethodName> = z.infer<PageMethods[M]['params']>;
export type PageResult<M extends PageMethodName> = z.infer<PageMethods[M]['result']>;
export type PageEventName = keyof typeof pageEvents;
export type PageEventPayload<E extends PageEventName> = z.infer<(typeof pageEvents)[E]>;

export const pageRequest = z.object({
  /** Counts up in each connection. */
  id: z.number().int().min(0).max(0xffff_ffff),
  method: z.string(),
  params: z.unknown(),
});
export type PageRequest = z.infer<typeof pageRequest>;

/** What a shell sends as JSON. */
export const pageMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('result'), id: z.number(), result: z.unknown() }),
  z.object({ kind: z.literal('failure'), id: z.number(), failure }),
  z.object({ kind: z.literal('event'), event: z.string(), payload: z.unknown() }),
]);
export type PageMessage = z.infer<typeof pageMessage>;

/** A result that is bytes travels as one binary message: the request's id (unsigned, 32 bits, little endian) first. */
export const binaryHeaderBytes = 4;

/** The answer to `POST /upload?name=NAME` with the file as its body; the id is for `queue.add`. */
export const uploadResult = z.object({ projectId, mediaId: grantId, bytes: z.number() });
export type UploadResult = z.infer<typeof uploadResult>;

/** Where a shell serves what has no place in messages. Paths are the same in every shell, below its own origin. */
export const pagePaths = {
  socket: '/socket',
  upload: '/upload',
  /** The file as it is, with Range. */
  media: (mediaId: string) => `/media/${mediaId}`,
  /** The sound of a track in a form that every browser plays, made on the fly from `fromMs` on, without Range. */
  proxy: (mediaId: string, { fromMs = 0, track = null }: { fromMs?: number; track?: number | null }) =>
    `/media/${mediaId}/proxy?fromMs=${Math.round(fromMs)}${track === null ? '' : `&track=${track}`}`,
  /** One exported file as a download; `options` as JSON in the query. */
  export: (id: string, format: string, options: object = {}) =>
    `/export/${id}/${format}?options=${encodeURIComponent(JSON.stringify(options))}`,
} as const;

/** What the desktop's shell gives its page, as `window.sewscribeDesktop`, in place of a socket and uploads. */
export type DesktopBridge = {
  /** Begins anew: what an earlier listener had asked for is not answered any more. */
  connect(onMessage: (data: string | Uint8Array) => void): void;
  send(text: string): void;
  /** Lets the shell know a file of the person's; the page gets its id, and never its path. */
  take(file: File): Promise<{ mediaId: string; bytes: number } | { failure: string }>;
};
