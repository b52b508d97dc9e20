import type { TranscriptDocument } from '../../transcript/document.ts';
import { emptyHistory, record, type History } from '../../transcript/history.ts';
import { replay, type Edit } from '../../transcript/journal.ts';
import { EditsFile } from './editsFile.ts';
import { checkProjectFolder, readAbout, type About } from './projectFolder.ts';
import { readSnapshot, type Heard } from './snapshot.ts';

/** What a project's folder holds, brought together. */
export type StoredProject = {
  about: About;
  edits: EditsFile;
  document: TranscriptDocument;
  history: History;
  heard: Heard | null;
  lastEditId: string | null;
  known: Map<string, Edit>;
  /** What could not be read, a sentence each. */
  lost: string[];
  /** Edits that document.json does not hold yet. */
  laterEdits: number;
};

/** An edit that comes again this much later was lost on its way and is one. */
const rememberedEdits = 500;

const heardId = /^heard-([a-z0-9]+)-(\d+)$/;

/**
 * The stored document, brought up to date by the edits since.
 * @throws DocumentError where it is of a newer version, unsafe to open, or no project
 */
export async function readProject(id: string, folder: string): Promise<StoredProject> {
  await checkProjectFolder(folder, `The project ${id}`);
  const about = await readAbout(folder);
  const snapshot = await readSnapshot(folder, about.name);
  let history: History = emptyHistory;
  let heard = snapshot.heard;
  let lastEditId = snapshot.lastEditId;
  const later: Edit[] = [];
  // A page that was not answered because the engine ended sends its edit again.
  const known = new Map<string, Edit>();
  const { file: edits, lost: lostLines } = await EditsFile.open(folder, snapshot.revision, (edit) => {
    history = record(history.revision === edit.revision - 1 ? history : { ...emptyHistory }, edit);
    remember(known, edit);
    if (edit.revision <= snapshot.revision) return;
    later.push(edit);
    lastEditId = edit.id;
    heard = heardOf(edit) ?? heard;
  });
  const replayed = replay(snapshot.document, snapshot.revision, later);
  const lost = [...snapshot.lost, ...replayed.lost];
  // A line that document.json holds anyway is only lost for undo.
  if (replayed.lost.length > 0) lost.push(...lostLines);
  const revision = Math.max(replayed.revision, later.at(-1)?.revision ?? 0);
  if (replayed.lost.length > 0 || history.revision !== revision) history = { ...emptyHistory, revision };
  return {
    about,
    edits,
    document: replayed.document,
    history,
    heard,
    lastEditId,
    known,
    lost,
    laterEdits: later.length,
  };
}

/** Keeps an edit for one that comes twice. */
export function remember(known: Map<string, Edit>, edit: Edit): void {
  known.set(edit.id, edit);
  if (known.size > rememberedEdits) known.delete(known.keys().next().value!);
}

/** What a recogniser's edit says of its run. */
export function heardOf({ id, origin }: Edit): Heard | undefined {
  const found = origin === 'recogniser' ? heardId.exec(id) : null;
  return found ? { run: found[1], words: Number(found[2]) } : undefined;
}
