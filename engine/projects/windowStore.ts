import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { LogProbabilities } from '../recognition/types.ts';
import { decodeFrames, encodeFrames, frameBytes } from './frameCoding.ts';
import { writeError } from '../../files/writeWhole.ts';

/** A line of windows.jsonl: a window that the recogniser has finished. Positions are samples at 16 kHz. */
const storedWindow = z
  .object({
    channel: z.number().int().min(0),
    startSample: z.number().int(),
    endSample: z.number().int(),
    /** The beginning of frame 0's hop. */
    framesStartSample: z.number().int(),
    frames: z.number().int().min(0),
    vocabularySize: z.number().int().positive(),
    hopSamples: z.number().int().positive(),
    modelId: z.string(),
    vocabularySha256: z.string(),
    /** Where its frames begin in logprobs.f16. */
    offsetBytes: z.number().int().min(0),
  })
  // No window is longer than half a minute; a file made by a stranger must not fill the memory.
  .refine(({ frames, vocabularySize }) => frames * vocabularySize <= 2 ** 27);
export type StoredWindow = z.infer<typeof storedWindow>;

export type FinishedWindow = {
  channel: number;
  startSample: number;
  endSample: number;
  logProbabilities: LogProbabilities;
};

type ModelIdentity = { id: string; vocabularySha256: string; blankId: number };

/**
 * The finished windows of a project: `windows.jsonl` and `logprobs.f16`. Frames are on the disk before the
 * line that names them, so that whatever ends the process, every whole line is true.
 */
export class WindowStore {
  readonly #lines: FileHandle;
  readonly #frames: FileHandle;
  readonly #folder: string;
  #framesEnd: number;
  #linesEnd: number;
  /** In the order in which they were finished. */
  readonly windows: StoredWindow[];

  private constructor(
    folder: string,
    lines: FileHandle,
    frames: FileHandle,
    linesEnd: number,
    windows: StoredWindow[],
  ) {
    this.#folder = folder;
    this.#lines = lines;
    this.#frames = frames;
    this.#linesEnd = linesEnd;
    this.windows = windows;
    const last = windows.at(-1);
    this.#framesEnd = last ? last.offsetBytes + last.frames * frameBytes(last.vocabularySize) : 0;
  }

  /** Opens or makes the two files; what was half-written when a process ended is cut off. */
  static async open(folder: string): Promise<WindowStore> {
    const linesPath = join(folder, 'windows.jsonl');
    const lines = await open(linesPath, 'a+');
    const frames = await open(join(folder, 'logprobs.f16'), 'a+');
    const { windows, bytes } = wholeLines(await readFile(linesPath), (await frames.stat()).size);
    await lines.truncate(bytes);
    const store = new WindowStore(folder, lines, frames, bytes, windows);
    await frames.truncate(store.#framesEnd);
    return store;
  }

  /**
   * Stores a window and gives it back as it will be read again, in half precision, so that a resumed job
   * says the same as one that was never broken off.
   * @throws WriteError
   */
  async append(window: FinishedWindow, model: ModelIdentity): Promise<FinishedWindow> {
    const { logProbabilities: given } = window;
    const bytes = encodeFrames(given.data, given.vocabularySize, model.blankId);
    const line: StoredWindow = {
      channel: window.channel,
      startSample: window.startSample,
      endSample: window.endSample,
      framesStartSample: given.startSample,
      frames: given.frames,
      vocabularySize: given.vocabularySize,
      hopSamples: given.hopSamples,
      modelId: model.id,
      vocabularySha256: model.vocabularySha256,
      offsetBytes: this.#framesEnd,
    };
    const text = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      await writeAll(this.#frames, bytes);
      await this.#frames.datasync();
      await writeAll(this.#lines, text);
      await this.#lines.datasync();
    } catch (cause) {
      // A half-written tail would stand between whole lines once the disk has room again.
      await this.#frames.truncate(this.#framesEnd).catch(() => undefined);
      await this.#lines.truncate(this.#linesEnd).catch(() => undefined);
      throw writeError(this.#folder, cause);
    }
    this.#framesEnd += bytes.length;
    this.#linesEnd += text.length;
    this.windows.push(line);
    return { ...window, logProbabilities: { ...given, data: decodeFrames(bytes, given.vocabularySize) } };
  }

  async read(window: StoredWindow): Promise<FinishedWindow> {
    const buffer = Buffer.alloc(window.frames * frameBytes(window.vocabularySize));
    await this.#frames.read(buffer, 0, buffer.length, window.offsetBytes);
    return {
      channel: window.channel,
      startSample: window.startSample,
      endSample: window.endSample,
      logProbabilities: {
        frames: window.frames,
        vocabularySize: window.vocabularySize,
        data: decodeFrames(buffer, window.vocabularySize),
        startSample: window.framesStartSample,
        hopSamples: window.hopSamples,
      },
    };
  }

  async close(): Promise<void> {
    await this.#lines.close();
    await this.#frames.close();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

function wholeLines(content: Buffer, framesSize: number): { windows: StoredWindow[]; bytes: number } {
  const windows: StoredWindow[] = [];
  let bytes = 0;
  for (;;) {
    const end = content.indexOf(0x0a, bytes);
    if (end < 0) break;
    const parsed = parseLine(content.toString('utf8', bytes, end));
    if (!parsed || parsed.offsetBytes + parsed.frames * frameBytes(parsed.vocabularySize) > framesSize) break;
    windows.push(parsed);
    bytes = end + 1;
  }
  return { windows, bytes };
}

function parseLine(line: string): StoredWindow | undefined {
  try {
    return storedWindow.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
