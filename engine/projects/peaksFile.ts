import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { writeError } from '../../files/writeWhole.ts';
import { projectFiles } from './projectFolder.ts';

const readBytes = 1 << 20;

/** peaks.u8: the outline of the sound, a byte for each 10 ms (see media/peaks.ts), read while it is being written. */
export class PeaksFile {
  readonly #file: FileHandle;
  readonly #path: string;
  /** Peaks that are there. */
  count: number;

  private constructor(path: string, file: FileHandle, count: number) {
    this.#path = path;
    this.#file = file;
    this.count = count;
  }

  static async open(folder: string): Promise<PeaksFile> {
    const path = join(folder, projectFiles.peaks);
    const file = await open(path, 'a+');
    return new PeaksFile(path, file, (await file.stat()).size);
  }

  /** Makes the file as long as this many peaks, for a job that goes on there. */
  async resumeAt(peak: number): Promise<void> {
    await this.#file.truncate(peak);
    this.count = peak;
  }

  /** @throws WriteError */
  async append(piece: Uint8Array): Promise<void> {
    try {
      await this.#file.appendFile(piece);
    } catch (cause) {
      throw writeError(this.#path, cause);
    }
    this.count += piece.length;
  }

  /** Bytes from peak `first` on, each the largest of `fold` peaks; fewer than `count` at the end. */
  async read(first: number, count: number, fold: number): Promise<Uint8Array> {
    const available = Math.max(0, this.count - first);
    const folded = new Uint8Array(Math.min(count, Math.ceil(available / fold)));
    const end = Math.min(first + count * fold, this.count);
    const buffer = Buffer.alloc(Math.min(readBytes, Math.max(0, end - first)));
    for (let position = first; position < end;) {
      const wanted = Math.min(buffer.length, end - position);
      const { bytesRead } = await this.#file.read(buffer, 0, wanted, position);
      if (bytesRead === 0) break;
      for (let k = 0; k < bytesRead; k += 1) {
        const place = Math.floor((position + k - first) / fold);
        if (buffer[k] > folded[place]) folded[place] = buffer[k];
      }
      position += bytesRead;
    }
    return folded;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
