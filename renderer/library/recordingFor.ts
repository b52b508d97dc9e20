import type { PageResult } from '../../engine/contract.ts';
import { bridge } from '../bridge.ts';
import { projects } from './projects.svelte.ts';

export type FileEntry = PageResult<'files.list'>['files'][number];

/** Whether a text is called like a recording: `talk.srt` or `talk.de.srt` beside `talk.mp4`. */
export function isNamedAlike(textName: string, recordingName: string): boolean {
  const [text, recording] = [stemOf(textName), stemOf(recordingName)];
  return text === recording || text.startsWith(`${recording}.`);
}

/**
 * The recording that a text seems to belong to: that of the project which it was dropped on, one that lies beside it,
 * one of a project, or one in the folders that this page may use.
 */
export async function recordingFor(
  text: FileEntry,
  projectId: string | null,
): Promise<FileEntry | undefined> {
  if (projectId !== null) {
    const own = await recordingOf(projectId);
    if (own) return own;
  }
  const { files: beside } = await bridge.call('files.beside', { mediaId: text.mediaId });
  const alike = (name: string) => isNamedAlike(text.name, name);
  const near = beside.find(({ kind, name }) => kind === 'media' && alike(name));
  if (near) return near;
  for (const project of projects.list.filter(({ mediaName }) => mediaName !== '' && alike(mediaName))) {
    const known = await recordingOf(project.projectId);
    if (known) return known;
  }
  const { folders } = await bridge.call('files.list', { folderId: null });
  for (const { folderId } of folders) {
    const { files } = await bridge.call('files.list', { folderId });
    const listed = files.find(({ kind, name }) => kind === 'media' && alike(name));
    if (listed) return listed;
  }
  return undefined;
}

async function recordingOf(projectId: string): Promise<FileEntry | undefined> {
  const { media } = await bridge.call('project.open', { projectId });
  if (media.mediaId === null) return undefined;
  return (await bridge.call('files.describe', { mediaIds: [media.mediaId] })).files[0];
}

function stemOf(name: string): string {
  return name
    .replace(/\.[^.]*$/, '')
    .normalize('NFC')
    .toLocaleLowerCase();
}
