import { readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { safeFileName } from '../../files/safeName.ts';
import { writeWhole } from '../../files/writeWhole.ts';
import {
  formats,
  isFormatId,
  isTextFormatId,
  readTranscript,
  writeTranscript,
  writeTranscriptFile,
  type FormatId,
} from '../../transcript/formats/index.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import type { CaptionSettings, ExportOptions, Params, projectMethods, Result } from '../contract.ts';
import { UsageError } from '../errors.ts';
import { mediaFingerprint } from '../media/fingerprint.ts';
import { probe } from '../media/probe.ts';
import { checkSource } from '../media/source.ts';
import type { MediaInfo } from '../media/types.ts';
import type { Project } from '../projects/project.ts';
import { isMediaThere } from '../projects/projectMedia.ts';
import type { Handlers } from './handler.ts';
import type { Workspace } from '../workspace.ts';
import { uploadFolder } from '../projects/projectFolder.ts';
import { fullOptions, nameOf, uploadAt } from './queue.ts';

type Names =
  | Extract<keyof typeof projectMethods, 'export.render' | 'export.write' | 'transcript.import'>
  | 'export.file';
type WrittenFile = Result<'export.write'>['files'][number];

const largestTranscriptBytes = 2 ** 27;

export const exportHandlers: Handlers<Names> = {
  async 'export.render'({ projectId, file }, { projects }) {
    const project = await projects.get(projectId);
    const format = formatOf(file.format);
    if (!isTextFormatId(format)) {
      throw new UsageError(`${formats[format].name} is no text to show; write it to a file.`);
    }
    const options = withRules(project.about.captions, file.options);
    return { fileName: fileName(project, format), text: writeTranscript(project.document, format, options) };
  },

  async 'export.file'({ projectId, file }, { projects }) {
    const project = await projects.get(projectId);
    const format = formatOf(file.format);
    return { fileName: fileName(project, format), bytes: bytesOf(project, format, file.options) };
  },

  async 'export.write'({ projectId, files, folder, whenThere }, { projects }) {
    const project = await projects.get(projectId);
    const target = folder ?? (await folderBeside(project));
    const written: WrittenFile[] = [];
    for (const { format, options } of files) {
      written.push(await writeOne(project, formatOf(format), options, target, whenThere));
    }
    return { folder: target, files: written };
  },

  async 'transcript.import'({ transcript, media, align, encoding }, workspace) {
    const { projects, settings, queue } = workspace;
    await checkSource(transcript);
    if ((await stat(transcript)).size > largestTranscriptBytes) {
      throw new UsageError(`“${basename(transcript)}” is too large for a transcript; choose another file.`);
    }
    const read = readTranscript(await readFile(transcript), { name: transcript, encoding });
    const options = fullOptions({}, workspace);
    const medium = media === null ? null : await lookedAt(media);
    const projectId = await projects.create(
      {
        name: nameOf(media ?? transcript),
        media: medium && {
          path: medium.path,
          name: basename(medium.path),
          fingerprint: medium.fingerprint,
          hasVideo: medium.info.video !== null,
          durationMs: medium.info.headerDurationMs,
        },
        options,
        captions: settings.current.captions,
        isHidden: false,
        isWhole: !align,
      },
      inMedium(read.document, medium),
    );
    await adoptUpload(projectId, media, workspace);
    const uploadedText = uploadAt(transcript, projects);
    if (uploadedText) await projects.delete(uploadedText);
    workspace.changed(projectId);
    const jobId = align && media !== null ? queue.add({ projectId, kind: 'alignment', options }) : null;
    return { projectId, jobId, warnings: read.warnings };
  },
};

/** A medium that was uploaded moves into the project that it is for. */
async function adoptUpload(projectId: string, media: string | null, { projects }: Workspace): Promise<void> {
  const uploaded = media !== null && uploadAt(media, projects);
  if (!uploaded) return;
  const folder = join(projects.folder(projectId), uploadFolder);
  await rename(dirname(media), folder);
  const project = await projects.get(projectId);
  await project.change({ media: { ...project.about.media!, path: join(folder, basename(media)) } });
  await projects.delete(uploaded);
}

type Medium = { path: string; fingerprint: string; info: MediaInfo };

async function lookedAt(path: string): Promise<Medium> {
  const info = await probe(path);
  return { path, fingerprint: await mediaFingerprint(path), info };
}

/** A text with the clock of its medium, which may go on after the last word. */
function inMedium(document: TranscriptDocument, medium: Medium | null): TranscriptDocument {
  if (!medium) return document;
  const { headerDurationMs, video } = medium.info;
  const durationMs = Math.max(document.media.durationMs, Math.floor(headerDurationMs ?? 0));
  const { frameRate = null, startTimecode = null } = video ?? {};
  return { ...document, media: { name: basename(medium.path), durationMs, frameRate, startTimecode } };
}

/** The folder of a project's medium. @throws UsageError */
async function folderBeside({ about }: Project): Promise<string> {
  if (!about.media || !(await isMediaThere(about))) {
    const what = about.media ? `“${about.media.name}” is not where it was` : 'This text has no recording';
    throw new UsageError(`${what}, so nothing can be written beside it; choose a folder.`);
  }
  return dirname(about.media.path);
}

function formatOf(name: string): FormatId {
  if (isFormatId(name)) return name;
  throw new UsageError(`“${name}” is not a format; there are ${Object.keys(formats).join(', ')}.`);
}

function bytesOf({ document, about }: Project, format: FormatId, options: ExportOptions): Uint8Array {
  return writeTranscriptFile(document, format, withRules(about.captions, options));
}

/** Cues are laid out by the project's rules where the options name no others. */
function withRules({ rules }: CaptionSettings, options: ExportOptions): ExportOptions {
  return { ...options, rules: options.rules ?? rules };
}

/** What the system and others' can have as a file's name. */
function fileName({ about }: Project, format: FormatId, count = 1): string {
  const stem = about.media ? nameOf(about.media.name) : about.name;
  return `${safeFileName(stem, 180)}${count > 1 ? ` (${count})` : ''}.${formats[format].extension}`;
}

async function writeOne(
  project: Project,
  format: FormatId,
  options: ExportOptions,
  folder: string,
  whenThere: Params<'export.write'>['whenThere'],
): Promise<WrittenFile> {
  const data = bytesOf(project, format, options);
  for (let count = 1; ; count += 1) {
    const name = fileName(project, format, count);
    const path = join(folder, name);
    try {
      await writeWhole(path, data, { overwrite: whenThere === 'replace' });
      return { outcome: 'written', name, bytes: data.length };
    } catch (cause) {
      const isThere = ((cause as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'EEXIST';
      if (!isThere) return { outcome: 'failed', name, message: (cause as Error).message };
      if (whenThere === 'ask') {
        return { outcome: 'there', name, changedAtMs: Math.round((await stat(path)).mtimeMs) };
      }
    }
  }
}
