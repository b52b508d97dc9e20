import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { emptyDocument } from '../transcript/create.ts';
import type { TranscriptDocument } from '../transcript/document.ts';
import { readTranscript } from '../transcript/formats/index.ts';
import { readEdits, replay } from '../transcript/journal.ts';
import { readDocument } from '../transcript/migrations.ts';
import { CommandFailure, exitCodes } from './failures.ts';
import { readSource } from './readSource.ts';

type Standing = { document: TranscriptDocument; warnings: string[] };

/** What document.json says of the edits that it holds. */
const heldEdits = z.object({ stored: z.object({ revision: z.number().int().min(0) }) });

/**
 * A transcript that exists: a project's folder, or a file of any format that can be read.
 * @throws CommandFailure, FormatError, DocumentError
 */
export async function readStanding(path: string, encoding: string | undefined): Promise<Standing> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory();
  if (!isFolder) return readTranscript(await readSource(path), { name: path, encoding });
  return readProjectFolder(path);
}

/** The stored document with the edits since: the app stores it only now and then. */
async function readProjectFolder(path: string): Promise<Standing> {
  const [stored, listed] = [join(path, 'document.json'), join(path, 'edits.jsonl')];
  const [isStored, isListed] = await Promise.all([stored, listed].map(isThere));
  if (!isStored && !isListed) {
    throw new CommandFailure(
      `The folder "${path}" is not a project: it holds no document.json.`,
      exitCodes.source,
    );
  }
  let document = emptyDocument({ name: basename(resolve(path)) });
  let revision = 0;
  const warnings: string[] = [];
  if (isStored) {
    const json = parseJson(stored, await textOf(stored));
    const read = readDocument(json);
    document = read.document;
    warnings.push(...read.lost);
    const held = heldEdits.safeParse(json).data;
    if (!held) return { document, warnings };
    revision = held.stored.revision;
  }
  if (!isListed) return { document, warnings };
  const lines = await textOf(listed);
  // What stands behind the last line is being written, or was when the machine stopped.
  const { edits, lost } = readEdits(lines.slice(0, lines.lastIndexOf('\n') + 1));
  const replayed = replay(document, revision, edits);
  if (replayed.lost.length > 0) warnings.push(...lost, ...replayed.lost);
  return { document: replayed.document, warnings };
}

const isThere = async (path: string) => (await stat(path).catch(() => undefined)) !== undefined;

const textOf = async (path: string) => new TextDecoder().decode(await readSource(path));

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandFailure(`"${path}" is damaged: it is no JSON.`, exitCodes.source, { cause });
  }
}
