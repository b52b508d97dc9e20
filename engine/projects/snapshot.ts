import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import { writeWhole } from '../../files/writeWhole.ts';
import { emptyDocument } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { readDocument } from '../../transcript/migrations.ts';
import { projectFiles } from './projectFolder.ts';

/** How much of a recogniser's run stands in the document: its words so far, whatever a person made of them. */
export const heard = z.object({ run: z.string(), words: z.number().int().min(0) });
export type Heard = z.infer<typeof heard>;

/** What document.json says beside the document. */
const held = z.object({
  /** The last edit that it holds. */
  revision: z.number().int().min(0),
  lastEditId: z.string().nullable(),
  heard: heard.nullable(),
});

export type Snapshot = z.infer<typeof held> & { document: TranscriptDocument };

const itemsAtOnce = 2000;

/**
 * Writes document.json whole or not at all. The text is made in pieces, so that the engine can answer in between.
 * @throws WriteError
 */
export async function writeSnapshot(folder: string, { document, ...about }: Snapshot): Promise<void> {
  await writeWhole(join(folder, projectFiles.document), pieces(document, about), { overwrite: true });
}

async function* pieces(
  { items, ...rest }: TranscriptDocument,
  about: Omit<Snapshot, 'document'>,
): AsyncGenerator<string> {
  yield `${JSON.stringify({ ...rest, stored: about }).slice(0, -1)},"items":[`;
  for (let from = 0; from < items.length; from += itemsAtOnce) {
    const some = JSON.stringify(items.slice(from, from + itemsAtOnce)).slice(1, -1);
    yield from === 0 ? some : `,${some}`;
    await breathe();
  }
  yield ']}\n';
}

/**
 * Reads document.json as far as it is whole.
 * @returns the snapshot and what was lost; an empty document of revision 0 where there is none
 * @throws DocumentError for one of a newer version
 */
export async function readSnapshot(folder: string, name: string): Promise<Snapshot & { lost: string[] }> {
  const none = {
    document: emptyDocument({ name }),
    revision: 0,
    lastEditId: null,
    heard: null,
  };
  const text = await readFile(join(folder, projectFiles.document), 'utf8').catch(() => undefined);
  if (text === undefined) return { ...none, lost: [] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ...none, lost: ['The stored text is damaged; it is made again from the list of edits.'] };
  }
  const { document, lost } = readDocument(json, `“${name}”`);
  const about = z.object({ stored: held }).safeParse(json).data?.stored;
  return {
    document,
    ...(about ?? { revision: 0, lastEditId: null, heard: null }),
    lost: about ? lost : [...lost, 'Which edits the stored text holds is lost; later ones are left out.'],
  };
}
