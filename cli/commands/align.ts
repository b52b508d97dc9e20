import { resolve } from 'node:path';
import type { Outcome } from '../../engine/contract.ts';
import { exitCodes } from '../failures.ts';
import { checkOutputs, planOutputs, writeOutputs, type OutputOptions } from '../outputs.ts';
import { ProgressLine } from '../progress.ts';
import { readWords } from '../readWords.ts';
import { recognitionOptions, type RecognitionFlags } from '../recognitionOptions.ts';
import { withEngine } from '../session.ts';

/** Words below this alignment score probably were not said there. */
const doubtfulAlignment = 0.3;

/** `sewscribe align` */
export async function align(
  media: string,
  textPath: string,
  options: OutputOptions & RecognitionFlags & { json?: boolean },
): Promise<void> {
  const outputs = planOutputs([media], options).get(media)!;
  const { document, warnings: mended } = await readWords(textPath);
  await checkOutputs(outputs, options, media);
  await withEngine(async (session) => {
    const recognition = await recognitionOptions(options, session, 'mix');
    const line = new ProgressLine(media);
    let outcome: Outcome;
    try {
      outcome = await session.engine.runJob(
        'alignment.start',
        { path: resolve(media), options: recognition, document },
        {
          signal: session.signal,
          onEvent: (event, payload) => {
            if (event === 'job.progress') line.update(payload as Parameters<ProgressLine['update']>[0]);
          },
        },
      );
    } finally {
      line.clear();
    }
    const words = outcome.document.items.filter((item) => item.kind === 'word');
    const doubtful = words.filter((word) => (word.alignment ?? 1) < doubtfulAlignment).length;
    const warnings = [...outcome.warnings];
    if (doubtful > 0)
      warnings.push(`${doubtful} of ${words.length} words do not fit the sound where they were put.`);
    for (const warning of warnings) process.stderr.write(`${media}: ${warning}\n`);
    const { paths, text } = await writeOutputs(outcome.document, outputs, options);
    if (options.json)
      process.stdout.write(
        `${JSON.stringify({ source: media, ok: true, outputs: paths, text, words: words.length, doubtful, warnings: [...mended, ...warnings] })}\n`,
      );
    else for (const path of paths) process.stderr.write(`${path}\n`);
    if (outcome.incomplete) process.exitCode = exitCodes.someFailed;
  });
}
