import { resolve } from 'node:path';
import { checkWritable } from '../../files/writeWhole.ts';
import { modelReference, withEngine } from '../session.ts';

/** `sewscribe logits` */
export async function logits(options: {
  model: string;
  samples: string;
  output: string;
  json?: boolean;
}): Promise<void> {
  await checkWritable(options.output, { overwrite: true });
  await withEngine(async ({ engine, folders }) => {
    const { id, folder } = await modelReference(options.model, folders);
    const shape = await engine.call('logits.write', {
      model: { id, folder },
      samplesPath: resolve(options.samples),
      outputPath: resolve(options.output),
    });
    if (options.json) process.stdout.write(`${JSON.stringify({ output: options.output, ...shape })}\n`);
    else process.stderr.write(`${options.output}: ${shape.frames} frames of ${shape.vocabulary} logits\n`);
  });
}
