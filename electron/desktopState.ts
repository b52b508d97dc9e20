import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { writeWhole } from '../files/writeWhole.ts';

const schema = z.object({
  window: z.object({
    /** In the system's own pixels; null until a person has placed it. */
    bounds: z
      .object({
        x: z.number().int(),
        y: z.number().int(),
        width: z.number().int().min(1).max(20_000),
        height: z.number().int().min(1).max(20_000),
      })
      .nullable(),
    isMaximized: z.boolean(),
  }),
  /** Paths of media, the newest first. */
  recent: z.array(z.string()).max(10),
  looksForUpdates: z.boolean(),
});
type State = z.infer<typeof schema>;

const nothingYet: State = {
  window: { bounds: null, isMaximized: false },
  recent: [],
  // Nothing goes over the network that a person has not asked for.
  looksForUpdates: false,
};

/** What only the desktop app remembers: its window, what was opened lately, whether it looks for updates. */
export class DesktopState {
  readonly #path: string;
  current: State;
  #writing: Promise<void> | undefined;
  #isChanged = false;

  private constructor(path: string, current: State) {
    this.#path = path;
    this.current = current;
  }

  /** What is damaged or missing has its default. @param settingsFolder made when something is kept */
  static async open(settingsFolder: string): Promise<DesktopState> {
    const path = join(settingsFolder, 'desktop.json');
    const stored = await readFile(path, 'utf8')
      .then((text) => schema.safeParse(JSON.parse(text)).data)
      .catch(() => undefined);
    return new DesktopState(path, stored ?? nothingYet);
  }

  /** Changes some, and keeps it soon after. */
  change(some: Partial<State>): void {
    this.current = { ...this.current, ...some };
    this.#isChanged = true;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Waits until all is on the disk. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** A window that is being moved changes all the time, and only the last counts. */
  async #write(): Promise<void> {
    while (this.#isChanged) {
      this.#isChanged = false;
      await mkdir(dirname(this.#path), { recursive: true })
        .then(() => writeWhole(this.#path, JSON.stringify(this.current, null, 2), { overwrite: true }))
        // A disk that does not take it is no reason to stop.
        .catch(() => undefined);
    }
  }
}
