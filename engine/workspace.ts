import { join } from 'node:path';
import type { Folders } from '../files/folders.ts';
import { makeFolder } from '../files/makeFolder.ts';
import { writeError } from '../files/writeWhole.ts';
import type { EventName, EventPayload, HistoryState, ProjectSummary, PublicEdit } from './contract.ts';
import type { Edit } from '../transcript/journal.ts';
import { JobQueue } from './jobs/queue.ts';
import { runProjectJob } from './jobs/projectJobs.ts';
import type { JobServices } from './jobs/recognition.ts';
import type { JobRecord } from './jobs/queueFile.ts';
import { Models } from './models.ts';
import { Installations } from './modelWork/installations.ts';
import { takeLock } from './projects/lock.ts';
import type { Project } from './projects/project.ts';
import { ProjectStore, summaryOf } from './projects/projectStore.ts';
import { SettingsFile } from './settingsFile.ts';

type Tell = <E extends EventName>(event: E, payload: EventPayload<E>) => void;

const tellChangesEveryMs = 500;

/** What a person's window works with: projects, the queue, settings and models. There is one writer for each home. */
export class Workspace {
  readonly folders: Folders;
  readonly models: Models;
  readonly installations: Installations;
  readonly settings: SettingsFile;
  readonly projects: ProjectStore;
  readonly tell: Tell;
  readonly services: JobServices;
  readonly #unlock: () => void;
  readonly #changes = new Map<string, NodeJS.Timeout>();
  #queue: JobQueue | undefined;

  private constructor(
    parts: Pick<
      Workspace,
      'folders' | 'models' | 'installations' | 'settings' | 'projects' | 'tell' | 'services'
    >,
    unlock: () => void,
  ) {
    this.folders = parts.folders;
    this.models = parts.models;
    this.installations = parts.installations;
    this.settings = parts.settings;
    this.projects = parts.projects;
    this.tell = parts.tell;
    this.services = parts.services;
    this.#unlock = unlock;
  }

  /**
   * Opens all and lets the queue go on.
   * @throws LockedError where another process works with the same home
   */
  static async open(folders: Folders, services: JobServices, tell: Tell): Promise<Workspace> {
    await makeFolder(folders.projects).catch((cause: unknown) => {
      throw writeError(folders.projects, cause);
    });
    const unlock = await takeLock(join(folders.projects, 'lock'));
    try {
      const settings = await SettingsFile.open(join(folders.settings, 'settings.json'));
      const projects = await ProjectStore.open(folders.projects, {
        onEdit: (project, edit) => tell('project.edited', editedEvent(project, edit)),
        onChange: ({ id }) => workspace.changed(id),
      });
      const installations = await Installations.open({
        folders,
        log: services.log,
        onChange: (installs) => tell('models.installProgress', { installs }),
        onInstalled: () => tell('models.changed', {}),
      });
      const models = new Models(folders);
      const parts = { folders, settings, projects, models, installations, services, tell };
      const workspace = new Workspace(parts, unlock);
      await workspace.#openQueue();
      return workspace;
    } catch (cause) {
      unlock();
      throw cause;
    }
  }

  get queue(): JobQueue {
    return this.#queue!;
  }

  /** What the library shows of a project; undefined where it is not there or has nothing to show yet. */
  summary(projectId: string): ProjectSummary | undefined {
    const about = this.projects.about(projectId);
    if (!about || about.isHidden) return undefined;
    return summaryOf(projectId, about, this.queue.jobOf(projectId)?.state ?? null);
  }

  /** Tells, at most twice a second, that the library shows something else of a project. */
  changed(projectId: string): void {
    if (this.#changes.has(projectId)) return;
    this.#changes.set(projectId, setTimeout(() => void this.#tellNow(projectId), tellChangesEveryMs).unref());
  }

  async #tellNow(projectId: string): Promise<void> {
    clearTimeout(this.#changes.get(projectId));
    this.#changes.delete(projectId);
    await this.projects.refresh(projectId);
    const summary = this.summary(projectId);
    if (summary) this.tell('project.changed', summary);
  }

  /** Deletes a project with its jobs. @throws WriteError */
  async deleteProject(projectId: string): Promise<void> {
    await this.queue.removeProject(projectId);
    await this.projects.delete(projectId);
    this.tell('project.removed', { projectId });
  }

  /** Deletes what a job left behind where it has heard nothing. */
  async forgetEmpty({ projectId, kind }: JobRecord): Promise<void> {
    const about = this.projects.about(projectId);
    if (kind !== 'transcription' || !about || about.isWhole || this.queue.jobOf(projectId)) return;
    const { document } = await this.projects.get(projectId);
    if (document.items.length === 0) await this.deleteProject(projectId);
  }

  async close(): Promise<void> {
    for (const timer of this.#changes.values()) clearTimeout(timer);
    await this.#queue?.close();
    await this.installations.close();
    await this.projects.close();
    this.#unlock();
  }

  async #openQueue(): Promise<void> {
    const { services, models, projects, tell } = this;
    const queue = await JobQueue.open({
      path: join(this.folders.projects, 'queue.json'),
      log: services.log,
      jobsAtOnce: () => this.settings.current.jobsAtOnce,
      describe: (projectId) => {
        const about = projects.about(projectId);
        return {
          name: about?.name ?? '',
          mediaName: about?.media?.name ?? null,
          hasVideo: about?.media?.hasVideo ?? false,
          durationMs: about?.media?.durationMs ?? null,
          newestWords: about?.counts.newestWords ?? '',
        };
      },
      run: async (record, hooks) => {
        const { project, release } = await projects.hold(record.projectId);
        this.changed(project.id);
        try {
          const onMedia = () => tell('queue.changed', queue.state);
          return await runProjectJob({ record, project, ...hooks, onMedia }, { ...services, models });
        } finally {
          await project.save().catch((cause: unknown) => services.log('a project could not be saved', cause));
          release();
          // What it has become is told before its job is over.
          await this.#tellNow(project.id).catch((cause: unknown) =>
            services.log('a project could not be told of', cause),
          );
          this.changed(project.id);
        }
      },
      onChange: () => this.#queue && tell('queue.changed', this.#queue.state),
      onProgress: (progress) => {
        const isRecognition = progress.stage !== 'speakers' && progress.audioSecondsPerSecond !== null;
        const job = isRecognition && queue.record(progress.jobId);
        if (job) {
          const { modelId, device } = job.options;
          void models.measured(modelId, device, progress.audioSecondsPerSecond!);
        }
        tell('job.progress', progress);
      },
      onWords: (words) => tell('job.words', words),
    });
    this.#queue = queue;
    queue.start();
  }
}

/** An edit as pages hear of it. */
export function publicEdit({ inverse: _, ...edit }: Edit): PublicEdit {
  return edit;
}

function editedEvent(
  project: Project,
  edit: Edit,
): { projectId: string; revision: number; edit: PublicEdit; history: HistoryState } {
  return {
    projectId: project.id,
    revision: edit.revision,
    edit: publicEdit(edit),
    history: project.historyState,
  };
}
