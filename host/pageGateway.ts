import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  pageEvents,
  pageMethods,
  repeatableMethods,
  type EventName,
  type EventPayload,
  type Failure,
  type MethodName,
  type PageEventName,
  type PageMethodName,
  type PageParams,
  type PageResult,
  type Params,
} from '../engine/contract.ts';
import { EngineDied, EngineFailure, type EngineClient } from './engineClient.ts';
import type { Grants } from './grants.ts';
import { besideFile, entryOf, isWhereItWas, type RootFolders } from './listing.ts';

export type PageListener = (event: PageEventName, payload: unknown) => void;

export type GatewaySettings = {
  engine: EngineClient;
  grants: Grants;
  roots: RootFolders;
  description: PageResult<'shell.describe'>;
  /** Where the shell has dialogs of its own. @returns the paths that a person chose */
  choose?: (wanted: PageParams<'files.choose'>) => Promise<string[]>;
  log: (message: string, detail?: unknown) => void;
};

type Own = {
  [M in PageMethodName]?: (params: PageParams<M>) => Promise<PageResult<M>>;
};

/** An engine that ends at once each time is begun again ever more slowly. */
const restartAfterMs = [0, 500, 2_000, 10_000];
const calmAfterMs = 60_000;

/**
 * Between the pages of a shell and the engine: checks what pages say, exchanges their ids for paths, and begins the
 * engine again when it has ended. All shells have this one.
 */
export class PageGateway {
  readonly #settings: GatewaySettings;
  readonly #listeners = new Set<PageListener>();
  readonly #own: Own;
  #deaths: number[] = [];
  #restarting: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(settings: GatewaySettings) {
    this.#settings = settings;
    this.#own = ownMethods(settings);
    settings.engine.listen((event, payload) => this.#hear(event, payload));
    settings.engine.onDeath((reason) => this.#restart(reason));
  }

  /** Begins the engine, and with it the queue. @throws EngineFailure where another app works with the same projects */
  async start(): Promise<void> {
    await this.#settings.engine.call('queue.list', {});
  }

  listen(listener: PageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Does what a page asks.
   * @param params as they came, unchecked
   * @throws EngineFailure, also for what is no method or does not fit it
   */
  async call(method: string, params: unknown): Promise<unknown> {
    if (!isPageMethod(method)) throw refusal(`There is nothing called “${method.slice(0, 60)}” to ask for.`);
    const checked = pageMethods[method].params.safeParse(params);
    if (!checked.success) throw refusal(`What was asked of “${method}” is malformed.`);
    try {
      return await this.#do(method, checked.data);
    } catch (cause) {
      if (!(cause instanceof EngineDied) || this.#isClosed) throw cause;
      if (repeatableMethods.has(method)) return this.#do(method, checked.data);
      throw new EngineFailure(
        {
          code: 'internal',
          message: 'The engine ended and was started again before this was done; try it again.',
        },
        { cause },
      );
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#restarting);
    this.#settings.engine.close();
  }

  #do(method: PageMethodName, params: unknown): Promise<unknown> {
    const own = this.#own[method];
    if (own) return own(params as never);
    return this.#settings.engine.call(method as MethodName, params as never);
  }

  #hear<E extends EventName>(event: E, payload: EventPayload<E>): void {
    if (Object.hasOwn(pageEvents, event)) this.#tell(event as PageEventName, payload);
  }

  #tell(event: PageEventName, payload: unknown): void {
    for (const listener of [...this.#listeners]) listener(event, payload);
  }

  #restart(reason: string): void {
    if (this.#isClosed) return;
    const { log, engine } = this.#settings;
    log('the engine ended and is started again', { reason });
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < calmAfterMs), now];
    const waitMs = restartAfterMs[Math.min(this.#deaths.length, restartAfterMs.length) - 1];
    clearTimeout(this.#restarting);
    this.#restarting = setTimeout(() => {
      engine.call('queue.list', {}).then(
        () => this.#tell('engine.restarted', {}),
        // Its end, if that is why, is heard of by itself.
        (cause: unknown) => log('the engine could not be started again', cause),
      );
    }, waitMs);
  }
}

function isPageMethod(name: string): name is PageMethodName {
  return Object.hasOwn(pageMethods, name);
}

function refusal(message: string): EngineFailure {
  const failure: Failure = { code: 'usage', message };
  return new EngineFailure(failure);
}

/** The methods that a shell answers itself or in which it exchanges ids for paths. */
function ownMethods({ engine, grants, roots, description, choose }: GatewaySettings): Own {
  async function pathOf(id: string): Promise<string> {
    const grant = grants.get(id);
    if (!grant || !(await isWhereItWas(grant))) {
      throw refusal('That file is not known (any more); choose it again.');
    }
    return grant.path;
  }
  const pathsOf = (ids: readonly string[]) => Promise.all(ids.map(pathOf));
  async function entryAt(mediaId: string) {
    const { path, name } = grants.get(mediaId)!;
    return entryOf(mediaId, name, await stat(path).catch(() => ({ size: 0, mtimeMs: 0 })));
  }

  return {
    'shell.describe': async () => description,
    async 'files.list'({ folderId }) {
      const listing = await roots.list(folderId);
      if (!listing) throw refusal('That folder is not there (any more).');
      return listing;
    },
    async 'files.describe'({ mediaIds }) {
      await pathsOf(mediaIds);
      return { files: await Promise.all(mediaIds.map(entryAt)) };
    },
    async 'files.beside'({ mediaId }) {
      await pathOf(mediaId);
      const grant = grants.get(mediaId)!;
      // Where folders are given, a file that came otherwise opens no other one.
      const isAllowed = grant.root !== undefined || !description.listsFiles;
      return { files: isAllowed ? await besideFile(grants, grant) : [] };
    },
    async 'files.choose'(wanted) {
      if (!choose) throw refusal('This shell has no dialog of its own; choose from the listing.');
      const chosen = await choose(wanted);
      const ids = chosen.map((path) => grants.add({ path, name: basename(path) }));
      if (wanted.what !== 'folder') return { files: await Promise.all(ids.map(entryAt)), folder: null };
      const [folderId] = ids;
      return { files: [], folder: folderId ? { folderId, name: basename(chosen[0]) } : null };
    },
    'queue.add': async (params) =>
      engine.call('queue.add', { ...params, media: await pathsOf(params.media) }),
    async 'project.open'(params) {
      const { media, ...project } = await engine.call('project.open', params);
      const { path, ...about } = media;
      const mediaId = media.isThere ? grants.add({ path, name: basename(path) }) : null;
      return { ...project, media: { ...about, mediaId } };
    },
    'project.locate': async (params) =>
      engine.call('project.locate', { ...params, media: await pathOf(params.media) }),
    'export.write': async (params) =>
      engine.call('export.write', { ...params, folder: params.folder && (await pathOf(params.folder)) }),
    'transcript.import': async (params) => {
      const [transcript, media] = [
        await pathOf(params.transcript),
        params.media && (await pathOf(params.media)),
      ];
      const given: Params<'transcript.import'> = { ...params, transcript, media };
      return engine.call('transcript.import', given);
    },
  };
}
