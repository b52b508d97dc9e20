import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { safeFileName } from '../../files/safeName.ts';
import { WriteError } from '../../files/writeWhole.ts';
import { uploadFolder } from '../projects/projectFolder.ts';
import type { Handlers } from './handler.ts';
import { fullOptions, nameOf } from './queue.ts';

/** Stays free beside an upload: the project's own files, and the person's other work. */
const spareBytes = 2 ** 28;

export const uploadHandlers: Handlers<'upload.begin'> = {
  async 'upload.begin'({ name, bytes }, workspace) {
    const { projects, settings, folders } = workspace;
    const { bavail, bsize } = await statfs(folders.projects);
    if (bavail * bsize < bytes + spareBytes) {
      throw new WriteError(`The disk has too little room for “${name}”; make room and upload it again.`);
    }
    const safe = safeFileName(name.split(/[/\\]/).at(-1)!);
    const media = { name: safe, fingerprint: 'unknown', hasVideo: false, durationMs: null };
    const projectId = await projects.create({
      name: nameOf(safe),
      media: { ...media, path: 'unknown' },
      options: fullOptions({}, workspace),
      captions: settings.current.captions,
      isHidden: true,
    });
    const folder = join(projects.folder(projectId), uploadFolder);
    await mkdir(folder, { recursive: true });
    const path = join(folder, safe);
    await (await projects.get(projectId)).change({ media: { ...media, path } });
    return { projectId, path };
  },
};
