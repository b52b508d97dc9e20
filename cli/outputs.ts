import { basename, dirname, extname, join, resolve } from 'node:path';
import { makeFolder } from '../files/makeFolder.ts';
import { mediaExtensions } from '../files/mediaNames.ts';
import { checkWritable, writeError, writeWhole } from '../files/writeWhole.ts';
import { captionRules, type CaptionRules } from '../transcript/captions/rules.ts';
import type { TranscriptDocument } from '../transcript/document.ts';
import {
  formats,
  isFormatId,
  isTextFormatId,
  writeTranscript,
  writeTranscriptFile,
  type FormatId,
} from '../transcript/formats/index.ts';
import { usageFailure } from './failures.ts';

/** The output options of every command that writes transcripts, as commander gives them. */
export type OutputOptions = {
  format?: string;
  outputDir?: string;
  output?: string;
  overwrite?: boolean;
  wordCues?: boolean;
  bom?: boolean;
  crlf?: boolean;
} & CaptionOptions;

export type CaptionOptions = {
  maxLineChars?: number;
  maxLines?: number;
  maxCps?: number;
  minDuration?: number;
  maxDuration?: number;
};

export type PlannedOutput = { format: FormatId; path: string };

/** Standard output. */
const toStandardOutput = '-';

/**
 * Where each source's text will go.
 * @throws CommandFailure where the options contradict each other or two texts would go to one file
 */
export function planOutputs(sources: string[], options: OutputOptions): Map<string, PlannedOutput[]> {
  const named = formatOfName(options.output);
  const wanted = parseFormats(options.format ?? named ?? 'srt');
  if (options.output === '') throw usageFailure('--output names no file.');
  if (options.output !== undefined) {
    if (sources.length > 1) throw usageFailure('--output is for one source; with several use --output-dir.');
    if (wanted.length > 1) throw usageFailure('--output is for one format; with several use --output-dir.');
    if (options.outputDir !== undefined)
      throw usageFailure('--output and --output-dir cannot be used together.');
    checkName(options.output, named, wanted[0]);
    return new Map(sources.map((source) => [source, [{ format: wanted[0], path: options.output! }]]));
  }
  const plan = new Map<string, PlannedOutput[]>();
  const takenBy = new Map<string, string>();
  for (const source of sources) {
    const folder = options.outputDir ?? dirname(source);
    const outputs = wanted.map((format) => ({
      format,
      path: join(folder, `${stem(source)}.${formats[format].extension}`),
    }));
    for (const { path } of outputs) {
      const other = takenBy.get(resolve(path));
      if (other !== undefined && other !== source) {
        throw usageFailure(
          `"${other}" and "${source}" would both be written to "${path}"; give them one at a time with --output.`,
        );
      }
      takenBy.set(resolve(path), source);
    }
    plan.set(source, outputs);
  }
  return plan;
}

/** @throws WriteError where one of them could not be written */
export async function checkOutputs(
  outputs: PlannedOutput[],
  options: OutputOptions & { json?: boolean },
  source: string,
): Promise<void> {
  if (options.outputDir !== undefined) await makeOutputFolder(options.outputDir);
  for (const { format, path } of outputs) {
    if (path === toStandardOutput) {
      if (options.json && !isTextFormatId(format)) {
        throw usageFailure(
          `${formats[format].name} is no text that JSON could hold; name a file with --output.`,
        );
      }
      continue;
    }
    if (resolve(path) === resolve(source))
      throw usageFailure(`"${path}" is the source itself; choose another --output.`);
    await checkWritable(path, { overwrite: options.overwrite });
  }
}

async function makeOutputFolder(folder: string): Promise<void> {
  await makeFolder(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw usageFailure(`--output-dir "${folder}" is a file, not a folder.`);
    throw writeError(folder, cause);
  });
}

/**
 * Writes a document in each planned format.
 * @returns the paths of the files; for standard output the text itself, unless it has been written there
 * @throws WriteError
 */
export async function writeOutputs(
  document: TranscriptDocument,
  outputs: PlannedOutput[],
  options: OutputOptions & { json?: boolean; shotsMs?: readonly number[] },
): Promise<{ paths: string[]; text?: string }> {
  const paths: string[] = [];
  let text: string | undefined;
  const { wordCues, shotsMs, bom, crlf } = options;
  const writing = { rules: rulesOf(options), wordCues, shotsMs, bom, crlf };
  for (const { format, path } of outputs) {
    if (path === toStandardOutput && options.json) {
      // `checkOutputs` has refused what is no text.
      if (isTextFormatId(format)) text = writeTranscript(document, format, writing);
    } else if (path === toStandardOutput) {
      process.stdout.write(writeTranscriptFile(document, format, writing));
    } else {
      await writeWhole(path, writeTranscriptFile(document, format, writing), {
        overwrite: options.overwrite,
      });
      paths.push(path);
    }
  }
  return { paths, text };
}

/** Whether a person has named a rule for captions. */
export function namesRules(options: CaptionOptions): boolean {
  const { maxLineChars, maxLines, maxCps, minDuration, maxDuration } = options;
  return [maxLineChars, maxLines, maxCps, minDuration, maxDuration].some((value) => value !== undefined);
}

/** The caption rules with what a person changed in them. */
export function rulesOf(options: CaptionOptions): CaptionRules {
  const changed = {
    maxLineChars: options.maxLineChars,
    maxLines: options.maxLines,
    maxCharsPerSecond: options.maxCps,
    minDurationMs: options.minDuration,
    maxDurationMs: options.maxDuration,
  };
  const rules = captionRules.parse(
    Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)),
  );
  if (rules.minDurationMs > rules.maxDurationMs)
    throw usageFailure('--min-duration is above --max-duration.');
  return rules;
}

function parseFormats(list: string): FormatId[] {
  const names = [
    ...new Set(
      list
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter(Boolean),
    ),
  ];
  for (const name of names) {
    if (!isFormatId(name)) {
      throw usageFailure(`"${name}" is not a format; there are ${Object.keys(formats).join(', ')}.`);
    }
  }
  if (names.length === 0) throw usageFailure('--format names no format.');
  return names as FormatId[];
}

/** Documents, tables, subtitles and archives of others that a name could promise and we do not write. */
const otherKinds = new Set([
  ...mediaExtensions,
  ...'pdf doc odt rtf pages epub xls xlsx ods ppt pptx png jpg zip sub sbv lrc smi stl'.split(' '),
]);

/** @throws CommandFailure where a file's name promises something else than what it would hold */
function checkName(path: string, named: FormatId | undefined, wanted: FormatId): void {
  if (named !== undefined && named !== wanted) {
    throw usageFailure(`"${path}" is the name of ${formats[named].name}, but --format says ${wanted}.`);
  }
  if (otherKinds.has(extensionOf(path))) {
    throw usageFailure(
      `"${path}" is the name of a file of another kind; there are ${Object.keys(formats).join(', ')}.`,
    );
  }
}

/** Without the dot, in lower case; empty where there is none. */
function extensionOf(path: string): string {
  return extname(path).slice(1).toLowerCase();
}

/** The format that a file's name asks for. */
function formatOfName(path: string | undefined): FormatId | undefined {
  const extension = extensionOf(path ?? '');
  return extension === ''
    ? undefined
    : Object.values(formats).find((format) => format.extension === extension)?.id;
}

/** A name without its last extension; a name that is all extension (`.wav`) stays. */
function stem(path: string): string {
  const name = basename(path);
  return name.slice(0, name.length - extname(name).length) || name;
}
