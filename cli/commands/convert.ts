import type { TranscriptDocument } from '../../transcript/document.ts';
import { checkOutputs, namesRules, planOutputs, writeOutputs, type OutputOptions } from '../outputs.ts';
import { readStanding } from '../standingTexts.ts';

/** `sewscribe convert` */
export async function convert(
  path: string,
  options: OutputOptions & { encoding?: string; json?: boolean },
): Promise<void> {
  const outputs = planOutputs([path], options).get(path)!;
  const read = await readStanding(path, options.encoding);
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
