import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { readTranscript } from '../../transcript/formats/index.ts';
import { readDocument } from '../../transcript/migrations.ts';
import { CommandFailure, exitCodes } from '../failures.ts';
import { checkOutputs, namesRules, planOutputs, writeOutputs, type OutputOptions } from '../outputs.ts';
import { readSource } from '../readSource.ts';

/** `sewscribe convert` */
export async function convert(
  path: string,
  options: OutputOptions & { encoding?: string; json?: boolean },
): Promise<void> {
  const outputs = planOutputs([path], options).get(path)!;
  const read = await readAny(path, options.encoding);
  const { warnings } = read;
  // Subtitles keep their cues, unless a person asks for others.
  const document = namesRules(options) ? withoutCues(read.document) : read.document;
  await checkOutputs(outputs, options, path);
  for (const warning of warnings) process.stderr.write(`${path}: ${warning}\n`);
  const { paths, text } = await writeOutputs(document, outputs, options);
  if (options.json)
    process.stdout.write(`${JSON.stringify({ source: path, ok: true, outputs: paths, text, warnings })}\n`);
  else for (const written of paths) process.stderr.write(`${written}\n`);
}

/** The document with its cues to be laid out anew; italics and places stay. */
function withoutCues(document: TranscriptDocument): TranscriptDocument {
  const overrides = document.overrides.flatMap(({ id, firstWordId, lastWordId, italic, positionPercent }) =>
    italic === undefined && positionPercent === undefined
      ? []
      : [{ id, firstWordId, lastWordId, italic, positionPercent }],
  );
  return { ...document, overrides };
}

async function readAny(
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
