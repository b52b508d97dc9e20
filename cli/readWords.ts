import { guessedTimes, readTranscript, type ReadTranscript } from '../transcript/formats/index.ts';
import { readSource } from './readSource.ts';

/**
 * A transcript or subtitles of which the words count: what was mended or left out is said on standard error, though not
 * that a plain text has no times.
 * @throws CommandFailure, FormatError
 */
export async function readWords(path: string): Promise<ReadTranscript> {
  const read = readTranscript(await readSource(path), { name: path });
  const warnings = read.warnings.filter((warning) => warning !== guessedTimes);
  for (const warning of warnings) process.stderr.write(`${path}: ${warning}\n`);
  return { ...read, warnings };
}
