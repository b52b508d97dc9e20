import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DocumentError } from '../../transcript/migrations.ts';
import { writeWhole } from '../../files/writeWhole.ts';
import {
  captionSettings,
  device,
  modelId,
  projectSummary,
  recognitionOptions,
  soundTrack,
  textCase,
  vocabulary,
} from '../contract.ts';

/** The files of a project. */
export const projectFiles = {
  about: 'project.json',
  document: 'document.json',
  edits: 'edits.jsonl',
  windows: 'windows.jsonl',
  logProbabilities: 'logprobs.f16',
  peaks: 'peaks.u8',
} as const;

/** A medium that was uploaded lies in this folder of its project. */
export const uploadFolder = 'media';

export const aboutVersion = 1;

/** What `project.json` says: everything but the text. The counts are those of the last snapshot, for the library. */
export const aboutSchema = z.object({
  version: z.literal(aboutVersion),
  name: z.string().min(1).max(1000),
  createdAtMs: z.number().int().min(0),
  changedAtMs: z.number().int().min(0),
  media: z
    .object({
      path: z.string().min(1),
      name: z.string(),
      fingerprint: z.string(),
      hasVideo: z.boolean(),
      /** By the header until the medium has been heard. */
      durationMs: z.number().nullable(),
      /** The audio track that was heard; missing: not known, or not heard yet. */
      track: soundTrack.shape.number.optional(),
      /** Those that can be heard; missing: not known, or not looked at yet. */
      tracks: z.array(soundTrack).optional(),
    })
    .nullable(),
  options: z.object({
    modelId,
    device,
    case: textCase,
    /** Missing in projects that were made before there was the choice. */
    numbers: z.boolean().optional(),
    speakers: z.boolean().optional(),
    /** All words that its job listens for; kept, so that a job that goes on hears the same. */
    vocabulary: vocabulary.optional(),
    channels: recognitionOptions.shape.channels,
    track: recognitionOptions.shape.track,
  }),
  /** The project's own words. */
  vocabulary: vocabulary.optional(),
  captions: captionSettings,
  isWhole: z.boolean(),
  /** A folder that was made for an upload and shows once its file is there. */
  isHidden: z.boolean(),
  counts: projectSummary
    .pick({ words: true, doubtfulWords: true, meanConfidence: true, newestWords: true })
    // Missing in projects that were made before they were counted.
    .extend({ unsurePlaces: projectSummary.shape.unsurePlaces.default(0) }),
});
export type About = z.infer<typeof aboutSchema>;

/** What no project of a person comes near; a stranger's must not fill the memory. */
const largestBytes: Record<keyof typeof projectFiles, number> = {
  about: 2 ** 20,
  document: 2 ** 28,
  edits: 2 ** 31,
  windows: 2 ** 27,
  logProbabilities: 2 ** 34,
  peaks: 2 ** 31,
};

/**
 * Looks at a project's folder before anything in it is opened: it may come from a stranger, so a link (which leads
 * out of it) or an absurd size is refused.
 * @param name what to call the project in the sentence
 * @throws DocumentError
 */
export async function checkProjectFolder(folder: string, name: string): Promise<void> {
  const stats = await lstat(folder).catch(() => undefined);
  if (!stats?.isDirectory()) throw new DocumentError(`${name} is not there (any more).`);
  for (const [kind, file] of Object.entries(projectFiles)) {
    const found = await lstat(join(folder, file)).catch(() => undefined);
    if (!found) continue;
    if (!found.isFile() || found.nlink > 1) {
      throw new DocumentError(
        `${name} holds a link in place of its ${file}, so it is not opened; restore a copy of it.`,
      );
    }
    if (found.size > largestBytes[kind as keyof typeof projectFiles]) {
      throw new DocumentError(
        `The ${file} of ${name} is far too large, so it is not opened; restore a copy.`,
      );
    }
  }
}

/**
 * Reads project.json.
 * @throws DocumentError where the folder is no project, or one of a newer version
 */
export async function readAbout(folder: string): Promise<About> {
  const path = join(folder, projectFiles.about);
  const json = await readFile(path, 'utf8')
    .then((text): unknown => JSON.parse(text))
    .catch(() => undefined);
  const version = z.looseObject({ version: z.number(), name: z.string().optional() }).safeParse(json).data;
  if (version && version.version > aboutVersion) {
    throw new DocumentError(
      `“${version.name ?? folder}” was made by a newer Sewscribe; install the newest one to open it.`,
    );
  }
  const parsed = aboutSchema.safeParse(json);
  if (!parsed.success) {
    throw new DocumentError(`The project.json in ${folder} is missing or damaged; restore a copy of it.`);
  }
  return parsed.data;
}

/** @throws WriteError */
export async function writeAbout(folder: string, about: About): Promise<void> {
  await writeWhole(join(folder, projectFiles.about), JSON.stringify(about, null, 2), { overwrite: true });
}
