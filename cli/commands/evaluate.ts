import { dirname, resolve } from 'node:path';
import type { Decoder, Params, Result } from '../../engine/contract.ts';
import { counted } from '../counted.ts';
import { CommandFailure, exitCodeOf, exitCodes, messageOf, usageFailure } from '../failures.ts';
import { recognitionOptions, type RecognitionFlags } from '../recognitionOptions.ts';
import { withEngine, type Session } from '../session.ts';
import { readTable, readTexts, readTimedWords, type SpokenText } from '../spokenTexts.ts';
import { readVocabulary } from '../vocabulary.ts';

type Utterances = Params<'evaluation.score'>['utterances'];
type Score = Result<'evaluation.score'>;
type Options = Pick<RecognitionFlags, 'model' | 'device'> & {
  manifest?: string;
  decoder?: Decoder;
  words?: string;
  json?: boolean;
};

/** `sewscribe evaluate` */
export async function evaluate(
  reference: string | undefined,
  hypothesis: string | undefined,
  options: Options,
): Promise<void> {
  const { manifest } = options;
  if (manifest === undefined ? hypothesis === undefined : reference !== undefined) {
    throw usageFailure('Give either two files, the true texts and the recognised ones, or --manifest.');
  }
  if (manifest === undefined && options.words !== undefined)
    throw usageFailure('--words is for recordings; give them with --manifest.');
  const { score, failed } = await withEngine(async (session) => {
    const { utterances, failed } =
      manifest === undefined
        ? { utterances: await paired(reference!, hypothesis!), failed: 0 }
        : await recognised(manifest, options, session);
    return { score: await session.engine.call('evaluation.score', { utterances }), failed };
  });
  if (failed > 0) process.exitCode = exitCodes.someFailed;
  process.stdout.write(options.json ? `${JSON.stringify(score)}\n` : described(score));
}

async function paired(referencePath: string, hypothesisPath: string): Promise<Utterances> {
  const references = await readTexts(referencePath);
  const hypotheses = await readTexts(hypothesisPath);
  // Two texts that stand alone belong together, whatever they are called.
  if (references.length === 1 && hypotheses.length === 1)
    return [utterance(references[0], { ...hypotheses[0], id: references[0].id })];
  const byId = new Map(hypotheses.map((text) => [text.id, text]));
  const missing = references.filter(({ id }) => !byId.has(id)).length;
  if (missing > 0)
    process.stderr.write(
      `"${hypothesisPath}" lacks ${missing} of ${references.length} utterances; they count as empty.\n`,
    );
  const known = new Set(references.map(({ id }) => id));
  const unknown = [...byId.keys()].filter((id) => !known.has(id)).length;
  if (unknown > 0)
    process.stderr.write(`"${hypothesisPath}" has ${unknown} utterances more; they do not count.\n`);
  return references.map((text) => utterance(text, byId.get(text.id)));
}

async function recognised(
  manifest: string,
  options: Options,
  session: Session,
): Promise<{ utterances: Utterances; failed: number }> {
  const rows = await readManifest(manifest);
  const vocabulary = await readVocabulary(options);
  const recognition = await recognitionOptions(options, session, 'mix');
  // Marks can be compared only where the true texts have some.
  const textCase = rows.some(({ text }) => /\p{L}[.,?!](?:\s|$)/u.test(text)) ? 'sentence' : 'lower';
  const utterances: Utterances = [];
  const said = new Set<string>();
  let failed = 0;
  for (const row of rows) {
    try {
      const { document, warnings } = await session.engine.runJob(
        'transcription.start',
        {
          path: resolve(dirname(manifest), row.id),
          options: { ...recognition, case: textCase, numbers: false, decoder: options.decoder, vocabulary },
        },
        { signal: session.signal },
      );
      // What is true of all recordings is said once.
      for (const warning of warnings.filter((sentence) => !said.has(sentence))) {
        said.add(warning);
        process.stderr.write(`${row.id}: ${warning}\n`);
      }
      const words = document.items.filter((item) => item.kind === 'word');
      utterances.push(utterance(row, { id: row.id, text: words.map(({ text }) => text).join(' '), words }));
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

/** Lines `path TAB text`, perhaps `TAB file of the words' times`; paths are meant from where the manifest lies. */
async function readManifest(path: string): Promise<SpokenText[]> {
  const rows: SpokenText[] = [];
  for (const { fields } of await readTable(path)) {
    const [id, text, times] = fields;
    const words = times ? await readTimedWords(resolve(dirname(path), times), id) : undefined;
    rows.push({ id, text: text || (words ?? []).map((word) => word.text).join(' '), words });
  }
  return rows;
}

function utterance(reference: SpokenText, hypothesis: SpokenText | undefined): Utterances[number] {
  return {
    id: reference.id,
    reference: reference.text,
    hypothesis: hypothesis?.text ?? '',
    referenceWords: reference.words,
    hypothesisWords: hypothesis?.words,
  };
}

const percent = (rate: number) => `${(rate * 100).toFixed(2)} %`;
const milliseconds = (value: number) => `${Math.round(value)} ms`;

function described(score: Score): string {
  const { counts, werInterval, timing } = score;
  const interval = werInterval
    ? `, with 95 % certainty ${percent(werInterval.from)} to ${percent(werInterval.to)}`
    : '';
  return [
    `${counted(score.utterances, 'utterance')}, ${counted(score.words, 'word')}`,
    `word errors:      ${percent(score.wer)}${interval}  (${counts.substitutions} wrong, ${counts.deletions} missing, ${counts.insertions} too many)`,
    `character errors: ${percent(score.cer)}`,
    `before normalisation: ${percent(score.werRaw)} of words, ${percent(score.cerRaw)} of characters`,
    ...score.marks.map(
      ({ mark, f1, inReferences }) => `mark ${mark}  F1 ${percent(f1)}  (${inReferences} in the true texts)`,
    ),
    ...(timing ? describedTiming(timing) : []),
    score.normalisation,
    ...score.worst.flatMap(({ id, errors, reference, hypothesis }) => [
      '',
      `${id}  (${errors} errors)`,
      `  true: ${reference}`,
      `  said: ${hypothesis}`,
    ]),
    '',
  ].join('\n');
}

function describedTiming({ words, compared, starts, ends }: NonNullable<Score['timing']>): string[] {
  const line = (what: string, score: typeof starts) => {
    const figures = (['meanMs', 'medianMs', 'percentile95Ms', 'within100Ms'] as const).map((name) => {
      const said = name === 'within100Ms' ? percent : milliseconds;
      const range = score.intervals?.[name];
      return said(score[name]) + (range ? ` (${said(range.from)} to ${said(range.to)})` : '');
    });
    const [mean, median, percentile, share] = figures;
    return `${what} off by: mean ${mean}, median ${median}, 95 % below ${percentile}; within 100 ms ${share}`;
  };
  return [
    `times of ${compared} of ${words} words, those that were recognised rightly:`,
    line('  starts', starts),
    line('  ends  ', ends),
  ];
}
