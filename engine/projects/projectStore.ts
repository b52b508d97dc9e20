import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyDocument, newId } from '../../transcript/create.ts';
import type { TranscriptDocument } from '../../transcript/document.ts';
import { DocumentError } from '../../transcript/migrations.ts';
import { writeError } from '../../files/writeWhole.ts';
import { ownId, type ProjectSummary } from '../contract.ts';
import { UsageError } from '../errors.ts';
import { countsOf } from './counts.ts';
import { Project, type ProjectListener } from './project.ts';
import { aboutVersion, checkProjectFolder, readAbout, writeAbout, type About } from './projectFolder.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';

const extension = '.sewscribe';
/** Documents that stay in memory beside those at work. */
const keptOpen = 6;

type Opened = { project: Promise<Project>; holds: number; usedAt: number };

/** All projects of the app's own folder; each is opened once, whoever asks. */
export class ProjectStore {
  readonly #root: string;
  readonly #listener: ProjectListener;
  readonly #abouts = new Map<string, About>();
  readonly #unreadable = new Map<string, string>();
  readonly #opened = new Map<string, Opened>();
  readonly #closing = new Map<string, Promise<void>>();
  #clock = 0;

  private constructor(root: string, listener: ProjectListener) {
    this.#root = root;
    this.#listener = {
      onEdit: (project, edit) => listener.onEdit(project, edit),
      onChange: (project) => {
        this.#abouts.set(project.id, project.about);
        listener.onChange(project);
      },
    };
  }

  /** Looks through the folder; what cannot be read is kept as it is and named. */
  static async open(root: string, listener: ProjectListener): Promise<ProjectStore> {
    const store = new ProjectStore(root, listener);
    await mkdir(root, { recursive: true });
    for (const entry of await readdir(root)) {
      const id = entry.slice(0, -extension.length);
      if (!entry.endsWith(extension) || !ownId.safeParse(id).success) continue;
      await store.#look(id);
    }
    return store;
  }

  get unreadable(): { projectId: string; message: string }[] {
    return [...this.#unreadable].map(([projectId, message]) => ({ projectId, message }));
  }

  /** What is known without opening, those that were changed last first. */
  get abouts(): [string, About][] {
    return [...this.#abouts].sort(([, a], [, b]) => b.changedAtMs - a.changedAtMs);
  }

  about(id: string): About | undefined {
    return this.#abouts.get(id);
  }

  folder(id: string): string {
    return join(this.#root, `${id}${extension}`);
  }

  /** @throws WriteError */
  async create(
    about: Pick<About, 'name' | 'media' | 'options' | 'captions' | 'isHidden'> &
      Partial<Pick<About, 'isWhole' | 'vocabulary'>>,
    document: TranscriptDocument = emptyDocument({ name: about.media?.name ?? about.name }),
  ): Promise<string> {
    const id = newId();
    const folder = this.folder(id);
    const now = Date.now();
    const full: About = {
      version: aboutVersion,
      createdAtMs: now,
      changedAtMs: now,
      isWhole: false,
      counts: countsOf(document),
      ...about,
    };
    try {
      await mkdir(folder);
      await writeSnapshot(folder, { document, revision: 0, lastEditId: null, heard: null });
      await writeAbout(folder, full);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      throw writeError(folder, cause);
    }
    this.#abouts.set(id, full);
    return id;
  }

  /**
   * The opened project. It stays open while a job holds it or it is among the last used.
   * @throws DocumentError, UsageError where there is none of that id
   */
  async get(id: string): Promise<Project> {
    if (!this.#abouts.has(id)) {
      const why = this.#unreadable.get(id);
      if (why) throw new DocumentError(why);
      throw new UsageError('That project is not there (any more).');
    }
    let opened = this.#opened.get(id);
    if (!opened) {
      const project = (this.#closing.get(id) ?? Promise.resolve()).then(() =>
        Project.open(id, this.folder(id), this.#listener),
      );
      opened = { project, holds: 0, usedAt: 0 };
      this.#opened.set(id, opened);
      project.catch(() => this.#opened.delete(id));
    }
    opened.usedAt = this.#clock += 1;
    const project = await opened.project;
    this.#closeUnused();
    return project;
  }

  /** Keeps a project open until the returned function is called. */
  async hold(id: string): Promise<{ project: Project; release(): void }> {
    const project = await this.get(id);
    const opened = this.#opened.get(id);
    if (opened) opened.holds += 1;
    return {
      project,
      release: () => {
        if (opened) opened.holds -= 1;
        this.#closeUnused();
      },
    };
  }

  /** The document without keeping the project open. */
  async peek(id: string): Promise<TranscriptDocument> {
    const opened = this.#opened.get(id);
    if (opened) return (await opened.project).document;
    // What is just being closed is still to be written.
    await this.#closing.get(id);
    const about = this.#abouts.get(id);
    await checkProjectFolder(this.folder(id), `“${about?.name ?? id}”`);
    return (await readSnapshot(this.folder(id), about?.name ?? id)).document;
  }

  /** Brings the counts of an opened project up to date. */
  async refresh(id: string): Promise<void> {
    const project = await this.#opened.get(id)?.project.catch(() => undefined);
    if (project && this.#abouts.has(id)) {
      this.#abouts.set(id, { ...project.about, counts: countsOf(project.document) });
    }
  }

  /** The projects of a medium, those that were changed last first. */
  ofMedium(fingerprint: string): [string, About][] {
    return this.abouts.filter(([, { isHidden, media }]) => !isHidden && media?.fingerprint === fingerprint);
  }

  /** Closes and deletes a project. @throws WriteError */
  async delete(id: string): Promise<void> {
    const opened = this.#opened.get(id);
    this.#opened.delete(id);
    this.#abouts.delete(id);
    this.#unreadable.delete(id);
    await (await opened?.project.catch(() => undefined))?.close().catch(() => undefined);
    await rm(this.folder(id), { recursive: true, force: true }).catch((cause: unknown) => {
      throw writeError(this.folder(id), cause);
    });
  }

  async close(): Promise<void> {
    const all = [...this.#opened.values()];
    this.#opened.clear();
    await Promise.all(all.map(async ({ project }) => (await project.catch(() => undefined))?.close()));
    await Promise.all(this.#closing.values());
  }

  async #look(id: string): Promise<void> {
    try {
      await checkProjectFolder(this.folder(id), `The project ${id}`);
      const about = await readAbout(this.folder(id));
      // Left over from an upload that never ended.
      if (about.isHidden) await rm(this.folder(id), { recursive: true, force: true });
      else this.#abouts.set(id, about);
    } catch (cause) {
      this.#unreadable.set(id, (cause as Error).message);
    }
  }

  #closeUnused(): void {
    const unused = [...this.#opened].filter(([, { holds }]) => holds === 0);
    unused.sort(([, a], [, b]) => b.usedAt - a.usedAt);
    for (const [id, { project }] of unused.slice(keptOpen)) {
      this.#opened.delete(id);
      const closing = project.then((opened) => opened.close());
      // Asked for again while it closes, it waits: two must not write one file.
      this.#closing.set(
        id,
        closing.catch(() => undefined).then(() => void this.#closing.delete(id)),
      );
    }
  }
}

/** What the library shows of a project. */
export function summaryOf(id: string, about: About, jobState: ProjectSummary['jobState']): ProjectSummary {
  return {
    projectId: id,
    name: about.name,
    mediaName: about.media?.name ?? '',
    durationMs: about.media?.durationMs ?? null,
    hasVideo: about.media?.hasVideo ?? false,
    modelId: about.media ? about.options.modelId : null,
    jobState,
    isWhole: about.isWhole,
    ...about.counts,
    createdAtMs: about.createdAtMs,
    changedAtMs: about.changedAtMs,
  };
}
