import { constants, copyFile, link, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeError } from '../../files/writeWhole.ts';
import { UsageError } from '../errors.ts';
import { uploadFolder, type About } from '../projects/projectFolder.ts';
import type { ProjectStore } from '../projects/projectStore.ts';
import type { Handlers } from './handler.ts';
import { nameOf } from './queue.ts';

/** The audio track that a project is of; null: not known. */
export function trackOf({ options, media }: Pick<About, 'options' | 'media'>): number | null {
  return options.track ?? media?.track ?? null;
}

export const soundTrackHandlers: Handlers<'project.hearTrack'> = {
  async 'project.hearTrack'({ projectId, track, label }, workspace) {
    const { projects, queue } = workspace;
    const { media, options, vocabulary, captions, name } = (await projects.get(projectId)).about;
    const numbers = media?.tracks?.map(({ number }) => number) ?? [];
    if (!media || !numbers.includes(track)) {
      throw new UsageError(
        `“${media?.name ?? name}” has no audio track ${track}; choose one from 1 to ${Math.max(1, ...numbers)}.`,
      );
    }
    const beside = projects.ofMedium(media.fingerprint).find(([, other]) => trackOf(other) === track);
    if (beside) return { projectId: beside[0], jobId: null };
    const wanted = { ...options, track };
    const made = await projects.create({
      name: `${nameOf(media.name)} (${label})`,
      media: { ...media, track },
      options: wanted,
      vocabulary,
      captions,
      isHidden: false,
    });
    if (dirname(media.path) === join(projects.folder(projectId), uploadFolder)) {
      await shareUpload(made, media.path, projects);
    }
    workspace.changed(made);
    const job = { projectId: made, kind: 'transcription' as const, options: wanted };
    return { projectId: made, jobId: queue.add(job, { first: true }) };
  },
};

/** An upload goes with its project when that is deleted, so each has it under a name of its own. */
async function shareUpload(projectId: string, upload: string, projects: ProjectStore): Promise<void> {
  const folder = join(projects.folder(projectId), uploadFolder);
  const path = join(folder, basename(upload));
  try {
    await mkdir(folder);
    // Some disks (exFAT) know no second name for a file.
    await link(upload, path).catch(() => copyFile(upload, path, constants.COPYFILE_FICLONE));
    const project = await projects.get(projectId);
    await project.change({ media: { ...project.about.media!, path } });
  } catch (cause) {
    await projects.delete(projectId);
    throw writeError(path, cause);
  }
}
