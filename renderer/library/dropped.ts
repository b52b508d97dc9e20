import { isRecording } from './incoming.svelte.ts';

/** What was dropped: recordings, and what is none. */
export type Dropped = { recordings: File[]; others: File[] };

/** So many of a folder nobody means to transcribe at once. */
const filesAtMost = 2_000;

/**
 * Gathers the files of a drop. A folder stands for the recordings in it; what else is in it goes unmentioned.
 * Has to be called while the drop event is being handled.
 */
export async function filesOf(data: DataTransfer): Promise<Dropped> {
  // The list is emptied as soon as the event has been handled.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...data.files];
  const dropped: Dropped = { recordings: [], others: [] };
  for (const [k, entry] of entries.entries()) {
    if (entry?.isDirectory) await gather(entry as FileSystemDirectoryEntry, dropped.recordings);
    else if (entry?.isFile) sort(await fileOf(entry as FileSystemFileEntry), dropped);
    else if (plain[k]) sort(plain[k], dropped);
  }
  return dropped;
}

/** Parts chosen files into recordings and others. */
export function sorted(files: Iterable<File>): Dropped {
  const dropped: Dropped = { recordings: [], others: [] };
  for (const file of files) sort(file, dropped);
  return dropped;
}

function sort(file: File, { recordings, others }: Dropped): void {
  if (isRecording(file.name)) recordings.push(file);
  else others.push(file);
}

async function gather(folder: FileSystemDirectoryEntry, into: File[]): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // A folder is read in pieces until one is empty.
    const entries = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (entries.length === 0 || into.length >= filesAtMost) return;
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory) await gather(entry as FileSystemDirectoryEntry, into);
      else if (isRecording(entry.name)) into.push(await fileOf(entry as FileSystemFileEntry));
    }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
