import { stat } from 'node:fs/promises';
import { basename, extname, isAbsolute } from 'node:path';
import { app, dialog } from 'electron';
import type { PageResult } from '../engine/contract.ts';
import { kindOfFile } from '../files/mediaNames.ts';
import type { MainWindow } from './mainWindow.ts';
import type { Shell } from './shell.ts';
import { filled } from './texts.ts';

const recentAtMost = 10;

/** Lets the page use a file that a person gave it. */
export async function takeFile(
  { grants, texts }: Pick<Shell, 'grants' | 'texts'>,
  path: string,
): Promise<{ mediaId: string; bytes: number } | { failure: string }> {
  if (!isAbsolute(path)) return { failure: texts.noFile };
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return { failure: filled(texts.gone, { name: basename(path) }) };
  return { mediaId: grants.add({ path, name: basename(path) }), bytes: stats.size };
}

/** What the system or a person has the app open: recordings join the queue, transcripts become projects. */
export class OpenFiles {
  readonly #shell: Shell;
  readonly #window: MainWindow;

  constructor(shell: Shell, window: MainWindow) {
    this.#shell = shell;
    this.#window = window;
  }

  /** Opens them, and shows the one project or, for several, the library. Says what could not be opened. */
  async open(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return this.#window.show();
    const refused: string[] = [];
    const projects: string[] = [];
    for (const path of paths) {
      try {
        projects.push(await this.#openOne(path));
        this.#remember(path);
      } catch (cause) {
        refused.push(cause instanceof Error ? cause.message : String(cause));
      }
    }
    this.#window.show(
      projects.length === 1 ? `/project/${projects[0]}` : projects.length > 1 ? '/' : undefined,
    );
    if (refused.length > 0) dialog.showErrorBox(this.#shell.texts.cannotOpen, refused.join('\n'));
  }

  /** @returns the project. @throws Error with a sentence */
  async #openOne(path: string): Promise<string> {
    const taken = await takeFile(this.#shell, path);
    if ('failure' in taken) throw new Error(taken.failure);
    const { gateway } = this.#shell;
    if (kindOfFile(extname(path)) === 'transcript') {
      const imported = await gateway.call('transcript.import', {
        transcript: taken.mediaId,
        media: null,
        align: false,
      });
      return (imported as PageResult<'transcript.import'>).projectId;
    }
    const { added } = (await gateway.call('queue.add', {
      media: [taken.mediaId],
      options: {},
      whenKnown: 'tell',
    })) as PageResult<'queue.add'>;
    if (added[0].outcome === 'refused') throw new Error(added[0].failure.message);
    return added[0].projectId;
  }

  #remember(path: string): void {
    app.addRecentDocument(path);
    const { state } = this.#shell;
    const recent = [path, ...state.current.recent.filter((other) => other !== path)].slice(0, recentAtMost);
    state.change({ recent });
    this.#shell.changed();
  }
}
