import { execFile, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import createCommand from 'fluent-ffmpeg';
import { giveWay } from '../../files/priority.ts';
import { readableFormats } from './formats.ts';

/** ffmpeg or ffprobe ended with an error; `logTail` holds its last lines, for the log and never for a person. */
export class FfmpegError extends Error {
  override name = 'FfmpegError';
  readonly logTail: string;
  /** Whether the process was ended from outside, which says nothing of the file; a fault of its own has other signals. */
  get wasKilled(): boolean {
    return /was killed with signal SIG(KILL|TERM|HUP|INT)\b/.test(this.message);
  }
  constructor(message: string, logTail: string) {
    super(message);
    this.logTail = logTail;
  }
}

export type FfmpegRun = {
  /** What ffmpeg writes to its standard output. ffmpeg waits while nobody reads. */
  output: PassThrough;
  /** Settles when the process is gone; the error it ended with, or null. Never rejects. */
  ended: Promise<FfmpegError | null>;
  /** Ends the process at once. */
  kill: () => void;
};

/** fluent-ffmpeg's parts that we replace in each command: it would list formats and keep one path for all. */
type Inner = {
  _getFfmpegPath: (callback: (error: null, path: string) => void) => void;
  _checkCapabilities: (callback: (error: null) => void) => void;
  availableEncoders: (callback: (error: null, encoders: Record<string, never>) => void) => void;
};

/** Its process, once it runs. */
type Running = { ffmpegProc?: ChildProcess };

const logLines = 100;

/** What every command gets: no other file and no network, whatever the media file asks for. */
export const guards = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', readableFormats.join(',')];

/** A path as ffmpeg takes it for nothing but a path: without the prefix `a:b.wav` is a protocol. */
export function fileUrl(path: string): string {
  return `file:${resolve(path)}`;
}

/**
 * Starts ffmpeg on one file, its result on standard output.
 *
 * @param inputOptions what stands before `-i`
 * @param outputOptions what stands before the output; the format among it
 * @param onLine receives each line of ffmpeg's log, marked with its level (`[error]`, `[info]`, …)
 */
export function runFfmpeg(
  ffmpegPath: string,
  path: string,
  inputOptions: string[],
  outputOptions: string[],
  onLine: (line: string) => void = () => undefined,
): FfmpegRun {
  // It must outlive its end: fluent-ffmpeg takes a closed output for a reader that has left, and reports an error.
  const output = new PassThrough({ autoDestroy: false, highWaterMark: 1 << 18 });
  const command = createCommand({ source: fileUrl(path), stdoutLines: logLines });
  const inner: Inner = {
    _getFfmpegPath: (callback) => callback(null, ffmpegPath),
    _checkCapabilities: (callback) => callback(null),
    availableEncoders: (callback) => callback(null, {}),
  };
  Object.assign(command, inner);

  let running = false;
  let unwanted = false;
  const ended = new Promise<FfmpegError | null>((settle) => {
    command
      .on('start', () => {
        running = true;
        giveWay((command as unknown as Running).ffmpegProc?.pid);
        if (unwanted) command.kill('SIGKILL');
      })
      .on('stderr', onLine)
      .on('end', () => settle(null))
      .on('error', (error: Error, _stdout: unknown, log: string | null | undefined) => {
        // A process that could not be started leaves the output open.
        if (!running) output.end();
        settle(new FfmpegError(error.message, log ?? ''));
      });
  });
  command
    .inputOptions([
      '-hide_banner',
      '-nostdin',
      '-nostats',
      '-v',
      'repeat+level+verbose',
      ...guards,
      ...inputOptions,
    ])
    .outputOptions(outputOptions)
    .output(output)
    .run();

  return {
    output,
    ended,
    kill: () => {
      unwanted = true;
      if (running) command.kill('SIGKILL');
      // What waits to be written would keep fluent-ffmpeg's pipe, and with it the process's end, waiting.
      output.resume();
    },
  };
}

/**
 * What ffprobe says about a file, as JSON text, with its log. (fluent-ffmpeg's own ffprobe cannot be cancelled
 * and reads a key=value listing that a title with a line break spoils.)
 *
 * @throws FfmpegError when ffprobe refuses the file; the signal's reason when it was cancelled.
 */
export function runFfprobe(
  ffprobePath: string,
  path: string,
  options: string[],
  signal?: AbortSignal,
): Promise<{ json: string; log: string }> {
  signal?.throwIfAborted();
  return new Promise((settle, reject) => {
    execFile(
      ffprobePath,
      ['-hide_banner', '-v', 'repeat+level+warning', ...guards, ...options, '-of', 'json', fileUrl(path)],
      { maxBuffer: 1 << 28, windowsHide: true, signal, killSignal: 'SIGKILL', env: probeEnvironment() },
      (error, json, log) => {
        if (signal?.aborted) reject(signal.reason as Error);
        else if (error) reject(new FfmpegError(error.message, log.slice(-8000)));
        else settle({ json, log });
      },
    );
  });
}

/**
 * The bundled ffprobe, linked statically, dies when it loads the system's character set modules to read the name of a
 * transport stream's service; without them it does without the name.
 */
function probeEnvironment(): NodeJS.ProcessEnv {
  return process.platform === 'linux' ? { ...process.env, GCONV_PATH: '/nonexistent' } : process.env;
}
