import { CommanderError, Option, type Command } from 'commander';
import { exitCodes } from './failures.ts';

/** Options that several commands take, and what their values may be. */

export function wholeNumber(name: string, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const upTo = most === Number.MAX_SAFE_INTEGER ? 'above 0' : `from 1 to ${most}`;
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw wrongUsage(`${name} must be a whole number ${upTo}.`);
    return value;
  };
}

export function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw wrongUsage('--port must be a whole number up to 65535.');
  return port;
}

const wrongUsage = (sentence: string) =>
  new CommanderError(exitCodes.usage, 'usage', `sewscribe: ${sentence}`);

export const deviceOption = () =>
  new Option('--device <device>', 'what computes')
    .choices(['auto', 'cpu', 'cuda', 'dml', 'coreml'])
    .default('auto');
export const modelOption = () =>
  new Option('--model <id>', 'an installed model, or a model folder').default('embedded');
export const jsonOption = () => new Option('--json', 'results as JSON on standard output');

export function withCaptionOptions(command: Command): Command {
  return command
    .option('--max-line-chars <n>', 'characters a line', wholeNumber('--max-line-chars'))
    .option('--max-lines <n>', 'lines a cue', wholeNumber('--max-lines'))
    .option('--max-cps <n>', 'characters a second', wholeNumber('--max-cps'))
    .option('--min-duration <ms>', 'shortest cue', wholeNumber('--min-duration'))
    .option('--max-duration <ms>', 'longest cue', wholeNumber('--max-duration'));
}

export function withOutputOptions(command: Command): Command {
  return withCaptionOptions(command)
    .option(
      '--format <list>',
      "one or several of srt, vtt, ass, ttml, txt, json, csv, tsv, html, md, docx (default: by --output's name, else srt)",
    )
    .option('--output-dir <dir>', 'where the files go (default: next to each source)')
    .option('-o, --output <file>', 'the file to write, - for standard output (one source, one format)')
    .option('--overwrite', 'replace files that exist')
    .option('--word-cues', 'one cue a word')
    .option('--bom', 'begin SRT and WebVTT with a byte order mark')
    .option('--crlf', 'end lines with CR LF');
}

export function trackOption() {
  return new Option('--track <n>', 'audio track, 1 is the first').argParser(wholeNumber('--track'));
}

export function decoderOption() {
  return new Option(
    '--decoder <decoder>',
    'how letters become words: with a language model (beam) or without; default: beam where one fits',
  ).choices(['greedy', 'beam']);
}

export function wordsOption() {
  return new Option(
    '--words <file>',
    'names and terms to listen for, one a line; "Nguyen = win" says how one sounds',
  );
}

export function withRecognitionOptions(command: Command): Command {
  return command
    .addOption(modelOption())
    .addOption(deviceOption())
    .addOption(trackOption())
    .option('--from <time>', 'begin here (HH:MM:SS.mmm)')
    .option('--to <time>', 'end here');
}
