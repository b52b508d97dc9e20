import { resolve } from 'node:path';
import { checkOutputs, planOutputs, writeOutputs, type OutputOptions } from '../outputs.ts';
import { ProgressLine } from '../progress.ts';
import { withEngine } from '../session.ts';
import { readStanding } from '../standingTexts.ts';

/** `sewscribe speakers` */
export async function speakers(
  media: string,
  transcript: string,
  options: OutputOptions & { track?: number; json?: boolean },
): Promise<void> {
  const outputs = planOutputs([media], options).get(media)!;
  const { document, warnings: ofReading } = await readStanding(transcript, undefined);
  await checkOutputs(outputs, options, media);
  await withEngine(async ({ engine, signal }) => {
    const line = new ProgressLine(media);
    const outcome = await engine
      .runJob(
        'speakers.start',
        { path: resolve(media), track: options.track, document },
        {
          signal,
          onEvent: (event, payload) => {
            if (event === 'job.progress') line.update(payload as Parameters<ProgressLine['update']>[0]);
          },
        },
      )
      .finally(() => line.clear());
    const warnings = [...ofReading, ...outcome.warnings];
    for (const warning of warnings) process.stderr.write(`${media}: ${warning}\n`);
    const { paths, text } = await writeOutputs(outcome.document, outputs, options);
    const names = outcome.document.speakers.map(({ name }) => name);
    if (options.json)
      process.stdout.write(
        `${JSON.stringify({ source: media, ok: true, outputs: paths, text, speakers: names, warnings })}\n`,
      );
    else for (const path of paths) process.stderr.write(`${path}\n`);
  });
}
