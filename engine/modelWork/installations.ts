import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folders } from '../../files/folders.ts';
import type { Log } from '../../files/log.ts';
import { ModelError } from '../../native-models/model.ts';
import { findInCatalogue } from '../../native-models/store/catalogue.ts';
import { downloadsOf } from '../../native-models/store/leftovers.ts';
import type { InstallProgress } from '../../native-models/store/progressMeter.ts';
import { targetOf } from '../../native-models/store/target.ts';
import type { ModelInstall } from '../contract.ts';
import { toFailure, toLog, UsageError } from '../errors.ts';
import { KeptInstallations } from './keptInstallations.ts';
import { doModelWork, Offline } from './modelWork.ts';

type Installation = {
  reference: string;
  about: ModelInstall;
  controller: AbortController;
  /** Settles when nothing of it runs any more. */
  ended: Promise<void>;
};

export type InstallationsSettings = {
  folders: Pick<Folders, 'models' | 'cache'>;
  log: Log;
  onChange(installs: ModelInstall[]): void;
  onInstalled(): void;
  /** For tests. */
  retryOfflineMs?: number;
};

const tellEveryMs = 250;
const usualRetryOfflineMs = 30_000;

/**
 * The models that are being installed, one at a time. What was on its way when the app ended waits, paused, for a
 * person; what the network broke off goes on by itself.
 */
export class Installations {
  readonly #settings: InstallationsSettings;
  readonly #all = new Map<string, Installation>();
  readonly #kept: KeptInstallations;
  #isClosed = false;
  #telling: NodeJS.Timeout | undefined;
  #retrying: NodeJS.Timeout | undefined;

  private constructor(settings: InstallationsSettings) {
    this.#settings = settings;
    this.#kept = new KeptInstallations(settings.folders.models, (cause) =>
      settings.log('What is being installed could not be kept', cause),
    );
  }

  /** Finds what earlier runs have begun; what waited for the network goes on. */
  static async open(settings: InstallationsSettings): Promise<Installations> {
    const installations = new Installations(settings);
    for (const { reference, waitsForNetwork } of await installations.#kept.read()) {
      try {
        installations.#put(reference, waitsForNetwork ? 'waiting' : 'paused');
      } catch (cause) {
        // An older version may have known a model that this one does not.
        if (!(cause instanceof ModelError)) throw cause;
      }
    }
    const folder = downloadsOf(settings.folders.models);
    for (const id of await readdir(folder).catch(() => [])) {
      const isOurs = findInCatalogue(id)?.id === id && (await stat(join(folder, id))).isDirectory();
      if (isOurs && !installations.#all.has(id)) installations.#put(id, 'paused');
    }
    installations.#next();
    return installations;
  }

  get list(): ModelInstall[] {
    return [...this.#all.values()].map(({ about }) => about);
  }

  /**
   * Begins, or goes on.
   * @returns the model's id
   * @throws ModelError where there is no such model, or none that can be converted
   */
  install(reference: string): string {
    const { id } = targetOf(reference, undefined);
    const known = this.#all.get(id);
    if (known && ['waiting', 'downloading', 'converting'].includes(known.about.state)) return id;
    this.#put(known?.reference ?? reference, 'waiting');
    this.#next();
    return id;
  }

  /** Stops it; what has come stays. @throws UsageError where it is not under way */
  async pause(modelId: string): Promise<void> {
    const installation = this.#find(modelId);
    this.#change(installation, { state: 'paused', bytesPerSecond: null, secondsLeft: null });
    installation.controller.abort();
    await installation.ended;
  }

  /** Stops it and throws away what has come. @throws UsageError where it is not under way */
  async cancel(modelId: string): Promise<void> {
    const installation = this.#find(modelId);
    this.#all.delete(modelId);
    installation.controller.abort();
    await installation.ended;
    const folder = join(downloadsOf(this.#settings.folders.models), modelId);
    await rm(folder, { recursive: true, force: true });
    this.#tell();
    this.#next();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#telling);
    clearTimeout(this.#retrying);
    const all = [...this.#all.values()];
    for (const { controller } of all) controller.abort();
    await Promise.all(all.map(({ ended }) => ended));
    await this.#kept.settled();
  }

  #find(modelId: string): Installation {
    const installation = this.#all.get(modelId);
    if (!installation) throw new UsageError('That model is not on its way (any more).');
    return installation;
  }

  #put(reference: string, state: ModelInstall['state']): void {
    const { id, card, wanted } = targetOf(reference, undefined);
    const known = this.#all.get(id);
    const before = known?.about;
    const about: ModelInstall = {
      modelId: id,
      name: card.name ?? wanted.hubId,
      languages: card.languages ?? [],
      wordErrorRates: card.wordErrorRates ?? [],
      fraction: null,
      totalBytes: null,
      ...(before && { fraction: before.fraction, totalBytes: before.totalBytes }),
      state,
      bytesPerSecond: null,
      secondsLeft: null,
      problem: null,
    };
    const ended = known?.ended ?? Promise.resolve();
    this.#all.set(id, { reference, about, controller: new AbortController(), ended });
    this.#tell();
  }

  /** Begins the first that waits, where none runs. */
  #next(): void {
    const all = [...this.#all.values()];
    const isBusy = all.some(({ about }) => about.state === 'downloading' || about.state === 'converting');
    const next = all.find(({ about }) => about.state === 'waiting');
    if (this.#isClosed || isBusy || !next) return;
    this.#change(next, { state: 'downloading' });
    // One that was paused a moment ago may still be tidying up.
    next.ended = next.ended.then(() => this.#run(next)).finally(() => this.#next());
  }

  async #run(installation: Installation): Promise<void> {
    const { reference, controller } = installation;
    const { modelId } = installation.about;
    try {
      await doModelWork({ kind: 'install', reference, id: modelId }, this.#settings.folders, {
        signal: controller.signal,
        onProgress: (progress) => this.#progressed(installation, progress),
      });
      this.#all.delete(modelId);
      this.#tell();
      this.#settings.onInstalled();
    } catch (cause) {
      if (controller.signal.aborted) return;
      if (!(cause instanceof Offline)) this.#settings.log(`${modelId} could not be installed`, toLog(cause));
      const isOffline = cause instanceof Offline;
      this.#change(installation, {
        state: isOffline ? 'offline' : 'failed',
        problem: toFailure(cause).message,
        bytesPerSecond: null,
        secondsLeft: null,
        // What failed for good has been thrown away.
        ...(cause instanceof ModelError && !isOffline && { fraction: null }),
      });
      if (isOffline) this.#retryLater();
    }
  }

  #progressed(installation: Installation, progress: InstallProgress): void {
    if (installation.controller.signal.aborted) return;
    const { stage, fraction, totalBytes, bytesPerSecond, secondsLeft } = progress;
    installation.about = {
      ...installation.about,
      state: stage,
      fraction,
      totalBytes: totalBytes ?? installation.about.totalBytes,
      bytesPerSecond,
      secondsLeft,
    };
    this.#tell();
  }

  #retryLater(): void {
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => {
      for (const installation of this.#all.values()) {
        if (installation.about.state === 'offline') this.#put(installation.reference, 'waiting');
      }
      this.#next();
    }, this.#settings.retryOfflineMs ?? usualRetryOfflineMs).unref();
  }

  #change(installation: Installation, change: Partial<ModelInstall>): void {
    installation.about = { ...installation.about, ...change };
    this.#tell();
  }

  #tell(): void {
    if (this.#isClosed) return;
    this.#kept.write(this.#all.values());
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#settings.onChange(this.list);
    }, tellEveryMs).unref();
  }
}
