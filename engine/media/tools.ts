import { execFile } from 'node:child_process';
import { access, chmod, constants, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

/** A program that we need and cannot find or start; the message is one sentence that says what to do. */
export class ToolError extends Error {
  override name = 'ToolError';
}

export type Tool = {
  path: string;
  /** Where it was found, in words for a person: `PATH`, `SEWSCRIBE_FFMPEG`, … */
  origin: string;
  /** The first line of `-version`. */
  version: string;
};

export type MediaTools = { ffmpeg: Tool; ffprobe: Tool };

type Candidate = { path: string | null; origin: string };
type ToolName = 'ffmpeg' | 'ffprobe';

const run = promisify(execFile);
const requireLazily = createRequire(import.meta.url);
const found = new Map<string, Promise<Tool | null>>();

/**
 * The ffmpeg and ffprobe to use. A candidate counts only if it runs; the answer is kept for the life of the
 * process (and looked for again when the environment variables have changed).
 *
 * @throws ToolError when there is none.
 */
export async function findMediaTools(): Promise<MediaTools> {
  const ffmpeg = await findTool('ffmpeg', ffmpegCandidates());
  const ffprobe = await findTool('ffprobe', ffprobeCandidates(ffmpeg.path));
  return { ffmpeg, ffprobe };
}

async function findTool(name: ToolName, candidates: Iterable<Candidate>): Promise<Tool> {
  for (const candidate of candidates) {
    const tool = candidate.path && (await runs(candidate.path, candidate.origin));
    if (tool) return tool;
  }
  throw new ToolError(
    `No ${name} that runs was found: install ffmpeg, or name one in ${variableFor(name)} (sewscribe doctor shows what was tried).`,
  );
}

// Generators, so that packages are looked up only when nothing before them runs.
function* ffmpegCandidates(): Iterable<Candidate> {
  yield fromEnvironment('ffmpeg');
  yield fromResources('ffmpeg');
  yield { path: pathOfPackage('ffmpeg-static'), origin: 'ffmpeg-static' };
  yield* onPath('ffmpeg');
  yield { path: pathOfPackage('@ffmpeg-installer/ffmpeg'), origin: '@ffmpeg-installer/ffmpeg' };
}

function* ffprobeCandidates(ffmpegPath: string): Iterable<Candidate> {
  yield fromEnvironment('ffprobe');
  yield fromResources('ffprobe');
  yield { path: join(dirname(ffmpegPath), fileName('ffprobe')), origin: 'beside ffmpeg' };
  yield* onPath('ffprobe');
  yield { path: pathOfPackage('@ffprobe-installer/ffprobe'), origin: '@ffprobe-installer/ffprobe' };
}

function variableFor(name: ToolName): string {
  return `SEWSCRIBE_${name.toUpperCase()}`;
}

function fileName(name: ToolName): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

function fromEnvironment(name: ToolName): Candidate {
  const variable = variableFor(name);
  return { path: process.env[variable] || null, origin: variable };
}

function fromResources(name: ToolName): Candidate {
  const { resourcesPath } = process as NodeJS.Process & { resourcesPath?: string };
  return { path: resourcesPath ? join(resourcesPath, fileName(name)) : null, origin: 'the app' };
}

function onPath(name: ToolName): Candidate[] {
  return (
    (process.env.PATH ?? '')
      .split(delimiter)
      // A relative entry would run a program out of whatever folder we happen to be started in.
      .filter((folder) => isAbsolute(folder))
      .map((folder) => ({ path: join(folder, fileName(name)), origin: 'PATH' }))
  );
}

function pathOfPackage(packageName: string): string | null {
  try {
    const exported = requireLazily(packageName) as unknown;
    const path =
      typeof exported === 'object' && exported !== null && 'path' in exported ? exported.path : exported;
    if (typeof path !== 'string') return null;
    // A program cannot be started from inside Electron's archive.
    return path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
  } catch {
    return null;
  }
}

function runs(path: string, origin: string): Promise<Tool | null> {
  let answer = found.get(path);
  if (!answer) {
    answer = tryToRun(path, origin);
    found.set(path, answer);
  }
  return answer;
}

async function tryToRun(path: string, origin: string): Promise<Tool | null> {
  try {
    if (!(await stat(path)).isFile()) return null;
    await makeRunnable(path);
    const { stdout } = await run(path, ['-version'], { timeout: 20_000, windowsHide: true });
    const version = stdout.split(/\r?\n/, 1)[0] ?? '';
    return /version/.test(version) ? { path, origin, version } : null;
  } catch {
    return null;
  }
}

/** npm packages lose the run bit where install scripts are off. */
async function makeRunnable(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch {
    // On a read-only disk this fails, and then the attempt to run it decides.
    await chmod(path, (await stat(path)).mode | 0o111).catch(() => undefined);
  }
}
