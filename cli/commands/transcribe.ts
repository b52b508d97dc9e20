import { resolve } from 'node:path';
import type {
  Decoder,
  Outcome,
  RecognitionOptions,
  TextCase,
  TranscriptionOptions,
} from '../../engine/contract.ts';
import { CommandFailure, exitCodeOf, exitCodes, messageOf } from '../failures.ts';
import {
  checkOutputs,
  planOutputs,
  rulesOf,
  writeOutputs,
  type OutputOptions,
  type PlannedOutput,
} from '../outputs.ts';
import { ProgressLine } from '../progress.ts';
import { recognitionOptions, type RecognitionFlags } from '../recognitionOptions.ts';
import { withEngine, type Session } from '../session.ts';
import { readVocabulary } from '../vocabulary.ts';
import { expandSources } from '../sources.ts';

type Options = OutputOptions &
  RecognitionFlags & {
    case: TextCase;
    numbers?: 'on' | 'off';
    speakers?: 'on' | 'off';
    decoder?: Decoder;
    words?: string;
    shots?: boolean;
    channels: RecognitionOptions['channels'];
    recursive?: boolean;
    json?: boolean;
  };

/** Below this mean confidence most words are wrong, and a person should hear it. */
const hopelessConfidence = 0.6;

/** `sewscribe transcribe` */
export async function transcribe(named: string[], options: Options): Promise<void> {
  rulesOf(options);
  const vocabulary = await readVocabulary(options);
  const { files, failed } = await expandSources(named, options.recursive ?? false);
  const sourceCount = files.length + failed.length;
  const plan = planOutputs(files, options);
  const failures: { source: string; cause: unknown }[] = [];
  const fail = (source: string, cause: unknown) => {
    failures.push({ source, cause });
    if (options.json) printJson({ source, ok: false, error: messageOf(cause) });
    if (sourceCount > 1) process.stderr.write(`sewscribe: ${messageOf(cause)}\n`);
  };
  for (const { source, cause } of failed) fail(source, cause);
  // Nobody should wait an hour to hear that the text has no place.
  for (const source of files) {
    await checkOutputs(plan.get(source)!, options, source).catch((cause: unknown) => fail(source, cause));
  }
  const writable = files.filter((source) => !failures.some((failure) => failure.source === source));
  let incomplete = false;
  if (writable.length > 0) {
    await withEngine(async (session) => {
      const recognition = {
        ...(await recognitionOptions(options, session, options.channels)),
        case: options.case,
        numbers: options.numbers === undefined ? undefined : options.numbers === 'on',
        speakers: options.speakers === 'on',
        decoder: options.decoder,
        vocabulary,
      };
      for (const source of writable) {
        try {
          const outputs = plan.get(source)!;
          incomplete = (await transcribeOne(source, outputs, recognition, options, session)) || incomplete;
        } catch (cause) {
          if (session.signal.aborted) throw cancelled();
          // A missing model or device is the same for every source.
          if ([exitCodes.model, exitCodes.device].some((code) => code === exitCodeOf(cause))) throw cause;
          fail(source, cause);
        }
      }
    });
  }
  if (failures.length === 0) {
    if (incomplete) process.exitCode = exitCodes.someFailed;
  } else if (sourceCount === 1) {
    throw failures[0].cause;
  } else {
    const codes = new Set(failures.map(({ cause }) => exitCodeOf(cause)));
    process.exitCode =
      failures.length === sourceCount && codes.size === 1 ? [...codes][0] : exitCodes.someFailed;
    process.stderr.write(`sewscribe: ${failures.length} of ${sourceCount} sources failed.\n`);
  }
}

const cancelled = () =>
  new CommandFailure('Cancelled; the same command goes on where it stopped.', exitCodes.cancelled);

/** @returns whether part of the source could not be read */
async function transcribeOne(
  source: string,
  outputs: PlannedOutput[],
  recognition: TranscriptionOptions,
  options: Options,
  { engine, signal }: Session,
): Promise<boolean> {
  const line = new ProgressLine(source);
  let outcome: Outcome;
  try {
    outcome = await engine.runJob(
      'transcription.start',
      { path: resolve(source), options: recognition },
      {
        signal,
        onEvent: (event, payload) => {
          if (event === 'job.progress') line.update(payload as Parameters<ProgressLine['update']>[0]);
        },
      },
    );
  } finally {
    line.clear();
  }
  const warnings = [...outcome.warnings, ...confidenceWarnings(outcome)];
  const shotsMs = options.shots
    ? (await engine.call('media.shots', { path: resolve(source) })).shotsMs
    : undefined;
  for (const warning of warnings) process.stderr.write(`${source}: ${warning}\n`);
  const { paths, text } = await writeOutputs(outcome.document, outputs, { ...options, shotsMs });
  if (options.json) {
    const words = outcome.document.items.filter((item) => item.kind === 'word').length;
    printJson({
      source,
      ok: true,
      outputs: paths,
      text,
      words,
      durationMs: outcome.document.media.durationMs,
      meanConfidence: outcome.meanConfidence,
      warnings,
    });
  } else {
    for (const path of paths) process.stderr.write(`${path}\n`);
  }
  return outcome.incomplete;
}

function confidenceWarnings({ meanConfidence }: Outcome): string[] {
  if (meanConfidence === null) return ['no speech was found.'];
  if (meanConfidence >= hopelessConfidence) return [];
  const percent = Math.round(meanConfidence * 100);
  return [
    `the recogniser was very unsure (mean confidence ${percent} %), most words may be wrong; a better model can be installed: "sewscribe models --help".`,
  ];
}

/** One object a line, as each source is done. */
function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
