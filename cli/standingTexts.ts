import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TranscriptDocument } from '../transcript/document.ts';
import { readTranscript } from '../transcript/formats/index.ts';
import { readDocument } from '../transcript/migrations.ts';
import { CommandFailure, exitCodes } from './failures.ts';
import { readSource } from './readSource.ts';

/**
 * A transcript that exists: a project's folder, or a file of any format that can be read.
 * @throws CommandFailure, FormatError, DocumentError
 */
export async function readStanding(
  path: string,
  encoding: string | undefined,
): Promise<{ document: TranscriptDocument; warnings: string[] }> {
  const isProject = (await stat(path).catch(() => undefined))?.isDirectory();
  if (!isProject) return readTranscript(await readSource(path), { name: path, encoding });
  const stored = join(path, 'document.json');
  if (!(await stat(stored).catch(() => undefined))) {
    throw new CommandFailure(
      `The folder "${path}" is not a project: it holds no document.json.`,
      exitCodes.source,
    );
  }
  const { document, lost } = readDocument(
    parseJson(stored, new TextDecoder().decode(await readSource(stored))),
  );
  return { document, warnings: lost };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandFailure(`"${path}" is damaged: it is no JSON.`, exitCodes.source, { cause });
  }
}
