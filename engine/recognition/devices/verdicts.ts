import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { Log } from '../../../files/log.ts';
import { writeWhole } from '../../../files/writeWhole.ts';
import { deviceFaults } from './fault.ts';

/** What a trial of an accelerator came to. */
const verdict = z.discriminatedUnion('use', [
  z.object({ use: z.literal(true), timesFaster: z.number().positive() }),
  z.object({
    use: z.literal(false),
    fault: z.enum(deviceFaults),
    /** What the runtime said, for the log and for `doctor`. */
    detail: z.string(),
  }),
]);
export type Verdict = z.infer<typeof verdict>;

/** What a verdict holds for. Another version of any of these is another case. */
const verdictKey = z.object({
  device: z.enum(['cuda', 'dml', 'coreml']),
  platform: z.string(),
  runtimeVersion: z.string(),
  driver: z.string(),
  /** The model's graph; null where the device cannot work with any. */
  graph: z.string().nullable(),
});
export type VerdictKey = z.infer<typeof verdictKey>;

const storedVerdict = z.object({
  key: verdictKey,
  verdict,
  atMs: z.number(),
  /** Whether a person has read in a job why the device is not used. */
  told: z.boolean(),
});
export type StoredVerdict = z.infer<typeof storedVerdict>;

const file = z.object({ version: z.literal(1), verdicts: z.array(z.unknown()) });
const keptAtMost = 100;

/**
 * The verdicts of earlier trials, in a file of the cache. Another process may write it too; then the last one counts,
 * and at worst a device is tried again. A file that cannot be read or written costs no more than that either.
 */
export class VerdictFile {
  readonly #path: string;
  readonly #log: Log;
  /** What this process found out, which holds also where the file cannot be written. */
  readonly #own = new Map<string, StoredVerdict>();
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  async find(key: VerdictKey): Promise<StoredVerdict | undefined> {
    return (await this.list()).find((stored) => isSame(stored.key, key));
  }

  /** All, the newest last. */
  async list(): Promise<StoredVerdict[]> {
    await this.#writing;
    return this.#merged(await this.#read());
  }

  async put(stored: StoredVerdict): Promise<void> {
    this.#own.set(JSON.stringify(stored.key), stored);
    await this.#write((all) => all);
  }

  /** Forgets those that `isMeant` names. */
  async forget(isMeant: (stored: StoredVerdict) => boolean): Promise<void> {
    for (const [key, stored] of this.#own) if (isMeant(stored)) this.#own.delete(key);
    await this.#write((all) => all.filter((stored) => !isMeant(stored)));
  }

  #write(change: (all: StoredVerdict[]) => StoredVerdict[]): Promise<void> {
    this.#writing = this.#writing
      .then(async () => {
        const verdicts = change(this.#merged(await this.#read())).slice(-keptAtMost);
        await mkdir(dirname(this.#path), { recursive: true });
        await writeWhole(this.#path, JSON.stringify({ version: 1, verdicts }, null, 2), { overwrite: true });
      })
      .catch((cause: unknown) => this.#log('what was found out about the devices could not be kept', cause));
    return this.#writing;
  }

  async #read(): Promise<StoredVerdict[]> {
    const json = await readFile(this.#path, 'utf8')
      .then((text): unknown => JSON.parse(text))
      .catch(() => undefined);
    return (file.safeParse(json).data?.verdicts ?? []).flatMap((entry) => {
      const parsed = storedVerdict.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    });
  }

  #merged(read: StoredVerdict[]): StoredVerdict[] {
    const own = [...this.#own.values()];
    const others = read.filter((stored) => !own.some(({ key }) => isSame(key, stored.key)));
    return [...others, ...own].sort((a, b) => a.atMs - b.atMs);
  }
}

export function isSame(a: VerdictKey, b: VerdictKey): boolean {
  return (Object.keys(verdictKey.shape) as (keyof VerdictKey)[]).every((name) => a[name] === b[name]);
}
