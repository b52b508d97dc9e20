import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { writeWhole } from '../../files/writeWhole.ts';
import type { ModelInstall } from '../contract.ts';

const kept = z.object({ reference: z.string(), waitsForNetwork: z.boolean() });
export type KeptInstallation = z.infer<typeof kept>;

/** What is on its way, as a file, so that also what has not brought a byte yet is known after a restart. */
export class KeptInstallations {
  readonly #path: string;
  readonly #onProblem: (cause: unknown) => void;
  #written = '[]';
  #writing: Promise<void> = Promise.resolve();

  constructor(modelsFolder: string, onProblem: (cause: unknown) => void) {
    this.#path = join(modelsFolder, '.on-their-way.json');
    this.#onProblem = onProblem;
  }

  /** What an earlier run has kept; nothing where the file is not there or damaged. */
  async read(): Promise<KeptInstallation[]> {
    const text = await readFile(this.#path, 'utf8').catch(() => '[]');
    try {
      const found = z.array(kept).parse(JSON.parse(text));
      this.#written = text;
      return found;
    } catch {
      return [];
    }
  }

  /** Writes what has changed, one version after the other. What failed is not kept: it is begun anew. */
  write(all: Iterable<{ reference: string; about: ModelInstall }>): void {
    const list = [...all]
      .filter(({ about }) => about.state !== 'failed')
      .map(({ reference, about }) => ({ reference, waitsForNetwork: about.state === 'offline' }));
    const text = JSON.stringify(list);
    if (text === this.#written) return;
    this.#written = text;
    this.#writing = this.#writing
      .then(async () => {
        await mkdir(dirname(this.#path), { recursive: true });
        await writeWhole(this.#path, text, { overwrite: true });
      })
      .catch(this.#onProblem);
  }

  /** Settles when all is written. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
