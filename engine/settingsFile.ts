import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { writeWhole } from '../files/writeWhole.ts';
import { defaultSettings, settings, type Settings } from './contract.ts';

/** A person's settings on the disk. */
export class SettingsFile {
  readonly #path: string;
  current: Settings;

  private constructor(path: string, current: Settings) {
    this.#path = path;
    this.current = current;
  }

  /** A setting that does not fit (of another version, or damaged) has its default; the others stay. */
  static async open(path: string): Promise<SettingsFile> {
    const json = await readFile(path, 'utf8')
      .then((text): unknown => JSON.parse(text))
      .catch(() => undefined);
    const stored = z.record(z.string(), z.unknown()).safeParse(json).data ?? {};
    const fitting = Object.entries(settings.shape).flatMap(([name, schema]) => {
      const value = schema.safeParse(stored[name]);
      return value.success ? [[name, value.data] as const] : [];
    });
    return new SettingsFile(path, { ...defaultSettings, ...Object.fromEntries(fitting) });
  }

  /** @throws WriteError; the settings are then as they were */
  async change(some: Partial<Settings>): Promise<Settings> {
    const next = { ...this.current, ...some };
    await mkdir(dirname(this.#path), { recursive: true });
    await writeWhole(this.#path, JSON.stringify(next, null, 2), { overwrite: true });
    this.current = next;
    return next;
  }

  /** Back to the defaults, after the file was deleted. */
  reset(): Settings {
    this.current = defaultSettings;
    return this.current;
  }
}
