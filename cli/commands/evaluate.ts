import { dirname, resolve } from 'node:path';
import type { Decoder, Params } from '../../engine/contract.ts';
import { CommandFailure, exitCodeOf, exitCodes, messageOf, usageFailure } from '../failures.ts';
import { readSource } from '../readSource.ts';
import { recognitionOptions, type RecognitionFlags } from '../recognitionOptions.ts';
import { withEngine, type Session } from '../session.ts';

type Utterances = Params<'evaluation.score'>['utterances'];
type Options = Pick<RecognitionFlags, 'model' | 'device'> & {
  manifest?: string;
  decoder?: Decoder;
  json?: boolean;
};

/** `sewscribe evaluate` */
export async function evaluate(
  reference: string | undefined,
  hypothesis: string | undefined,
  options: Options,
): Promise<void> {
  const isManifest = options.manifest !== undefined;
  if (isManifest ? reference !== undefined : hypothesis === undefined) {
    throw usageFailure('Give either two TSV files, the true texts and the recognised ones, or --manifest.');
  }
  const { score, failed } = await withEngine(async (session) => {
    const { utterances, failed } = isManifest
      ? await recognised(options.manifest!, options, session)
      : { utterances: await paired(reference!, hypothesis!), failed: 0 };
    return { score: await session.engine.call('evaluation.score', { utterances }), failed };
  });
  if (failed > 0) process.exitCode = exitCodes.someFailed;
  if (options.json) {
    process.stdout.write(`${JSON.stringify(score)}\n`);
    return;
  }
  const percent = (rate: number) => `${(rate * 100).toFixed(2)} %`;
  const { counts, werInterval } = score;
  const interval = werInterval
    ? `, with 95 % certainty ${percent(werInterval.from)} to ${percent(werInterval.to)}`
    : '';
  process.stdout.write(
    [
      `${score.utterances} utterances, ${score.words} words`,
      `word errors:      ${percent(score.wer)}${interval}  (${counts.substitutions} wrong, ${counts.deletions} missing, ${counts.insertions} too many)`,
      `character errors: ${percent(score.cer)}`,
      `before normalisation: ${percent(score.werRaw)} of words, ${percent(score.cerRaw)} of characters`,
      ...score.marks.map(
        ({ mark, f1, inReferences }) =>
          `mark ${mark}  F1 ${percent(f1)}  (${inReferences} in the true texts)`,
      ),
      score.normalisation,
      ...score.worst.flatMap((utterance) => [
        '',
        `${utterance.id}  (${utterance.errors} errors)`,
        `  true: ${utterance.reference}`,
        `  said: ${utterance.hypothesis}`,
      ]),
      '',
    ].join('\n'),
  );
}

async function paired(referencePath: string, hypothesisPath: string): Promise<Utterances> {
  const references = await readTable(referencePath);
  const hypotheses = new Map(await readTable(hypothesisPath));
  const missing = references.filter(([id]) => !hypotheses.has(id)).length;
  if (missing > 0)
    process.stderr.write(
      `"${hypothesisPath}" lacks ${missing} of ${references.length} utterances; they count as empty.\n`,
    );
  const known = new Set(references.map(([id]) => id));
  const unknown = [...hypotheses.keys()].filter((id) => !known.has(id)).length;
  if (unknown > 0)
    process.stderr.write(`"${hypothesisPath}" has ${unknown} utterances more; they do not count.\n`);
  return references.map(([id, reference]) => ({ id, reference, hypothesis: hypotheses.get(id) ?? '' }));
}

async function recognised(
  manifest: string,
  options: Options,
  session: Session,
): Promise<{ utterances: Utterances; failed: number }> {
  const rows = await readTable(manifest);
  const recognition = await recognitionOptions(options, session, 'mix');
  // Marks can be compared only where the true texts have some.
  const textCase = rows.some(([, reference]) => /\p{L}[.,?!](?:\s|$)/u.test(reference))
    ? 'sentence'
    : 'lower';
  const utterances: Utterances = [];
  let failed = 0;
  for (const [path, reference] of rows) {
    try {
      // A path in a manifest is meant from where the manifest lies.
      const { document } = await session.engine.runJob(
        'transcription.start',
        {
          path: resolve(dirname(manifest), path),
          options: { ...recognition, case: textCase, numbers: false, decoder: options.decoder },
        },
        { signal: session.signal },
      );
      const hypothesis = document.items
        .filter((item) => item.kind === 'word')
        .map((word) => word.text)
        .join(' ');
      utterances.push({ id: path, reference, hypothesis });
    } catch (cause) {
      if (session.signal.aborted) throw new CommandFailure('Cancelled.', exitCodes.cancelled);
      if ([exitCodes.model, exitCodes.device].some((code) => code === exitCodeOf(cause))) throw cause;
      failed += 1;
      process.stderr.write(`sewscribe: ${messageOf(cause)}\n`);
    }
  }
  if (utterances.length === 0)
    throw new CommandFailure(`No recording of "${manifest}" could be read.`, exitCodes.source);
  return { utterances, failed };
}

/** Lines `key TAB text`, without a header. */
async function readTable(path: string): Promise<[string, string][]> {
  const text = new TextDecoder().decode(await readSource(path));
  const rows = text
    .split(/\r\n|\n|\r/)
    .map((line, place) => ({ line, number: place + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }): [string, string] => {
      const tab = line.indexOf('\t');
      // An empty text is a row too: nothing was said, or nothing recognised.
      if (tab < 0) {
        throw new CommandFailure(
          `"${path}", line ${number}: there is no tab between the name and the text.`,
          exitCodes.source,
        );
      }
      return [line.slice(0, tab).trim(), line.slice(tab + 1).trim()];
    });
  if (rows.length === 0) throw new CommandFailure(`"${path}" has no lines.`, exitCodes.source);
  return rows;
}
