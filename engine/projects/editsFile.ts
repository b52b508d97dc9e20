import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { writeError } from '../../files/writeWhole.ts';
import { editSchema, type Edit } from '../../transcript/journal.ts';
import { projectFiles } from './projectFolder.ts';

const flushWithinMs = 500;
const readBytes = 1 << 20;
/** A line that is longer is no edit of a person. */
const longestLineBytes = 1 << 27;
/** As `append` writes what the recogniser adds. */
const heardHead =
  /^\{"id":"(?<id>heard-[a-z0-9]+-\d+)","baseRevision":(?<base>\d+),"revision":(?<revision>\d+),"origin":"recogniser","operations":/;
const headBytes = 300;

/**
 * edits.jsonl: every edit, appended. An edit has left this process when `append` is done (killing the process
 * cannot take it back) and is on the disk within half a second.
 */
export class EditsFile {
  readonly #file: FileHandle;
  readonly #path: string;
  #end: number;
  #writing: Promise<void> = Promise.resolve();
  #flushing: NodeJS.Timeout | undefined;

  private constructor(path: string, file: FileHandle, end: number) {
    this.#path = path;
    this.#file = file;
    this.#end = end;
  }

  /**
   * Opens or makes the file and reads it, line by line.
   * @param heldRevision the last revision that document.json holds: of what the recogniser added up to it, only which
   * edit it was is told, without its operations, since nothing walks it back; in a long project that is nearly all
   * @param onEdit called with each edit that can be read, in order
   * @returns the file, and what was lost of it; a torn last line is cut off without a word, as it was never confirmed
   */
  static async open(
    folder: string,
    heldRevision: number,
    onEdit: (edit: Edit) => void,
  ): Promise<{ file: EditsFile; lost: string[] }> {
    const path = join(folder, projectFiles.edits);
    const handle = await open(path, 'a+');
    try {
      const { end, damaged } = await readLines(handle, heldRevision, onEdit);
      await handle.truncate(end);
      const lost = damaged.map((line) => `Line ${line} of the list of edits is damaged.`);
      return { file: new EditsFile(path, handle, end), lost };
    } catch (cause) {
      await handle.close();
      throw cause;
    }
  }

  /** @throws WriteError; the file is then as it was before */
  append(edits: readonly Edit[]): Promise<void> {
    const text = Buffer.from(edits.map((edit) => `${JSON.stringify(edit)}\n`).join(''));
    const written = this.#writing.then(() => this.#write(text));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Brings all to the disk. */
  async flush(): Promise<void> {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    await this.#writing;
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file.close();
  }

  async #write(text: Buffer): Promise<void> {
    try {
      for (let done = 0; done < text.length;) {
        done += (await this.#file.write(text, done, text.length - done)).bytesWritten;
      }
    } catch (cause) {
      await this.#file.truncate(this.#end).catch(() => undefined);
      throw writeError(this.#path, cause);
    }
    this.#end += text.length;
    this.#flushing ??= setTimeout(() => {
      this.#flushing = undefined;
      void this.#file.datasync().catch(() => undefined);
    }, flushWithinMs);
  }
}

async function readLines(
  handle: FileHandle,
  heldRevision: number,
  onEdit: (edit: Edit) => void,
): Promise<{ end: number; damaged: number[] }> {
  const buffer = Buffer.alloc(readBytes);
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  let end = 0;
  let line = 0;
  const damaged: number[] = [];
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return { end, damaged };
    position += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let from = 0;
    for (let to = rest.indexOf(0x0a); to >= 0; to = rest.indexOf(0x0a, from)) {
      line += 1;
      const edit =
        heldHead(rest.toString('utf8', from, Math.min(to, from + headBytes)), heldRevision) ??
        parsed(rest.toString('utf8', from, to));
      if (edit) onEdit(edit);
      else if (to > from) damaged.push(line);
      from = to + 1;
    }
    end += from;
    rest = rest.subarray(from);
    if (rest.length > longestLineBytes) return { end, damaged: [...damaged, line + 1] };
  }
}

/** The beginning of a recogniser's line, told without the rest where the document holds it already. */
function heldHead(line: string, heldRevision: number): Edit | undefined {
  const found = heardHead.exec(line);
  const revision = Number(found?.groups?.['revision']);
  if (!found?.groups || revision > heldRevision) return undefined;
  const { id, base } = found.groups;
  return { id, baseRevision: Number(base), revision, origin: 'recogniser', operations: [], inverse: [] };
}

function parsed(line: string): Edit | undefined {
  try {
    return editSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
