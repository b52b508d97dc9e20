import { app, dialog, type OpenDialogOptions } from 'electron';
import type { PageParams, QueueState, Settings } from '../engine/contract.ts';
import { folders, type Folders } from '../files/folders.ts';
import { openLog, type Log } from '../files/log.ts';
import { transcriptExtensions, mediaExtensions } from '../files/mediaNames.ts';
import { EngineClient, EngineDied } from '../host/engineClient.ts';
import { engineArguments, engineEntry } from '../host/engineProcess.ts';
import { Grants } from '../host/grants.ts';
import { RootFolders } from '../host/listing.ts';
import { PageGateway } from '../host/pageGateway.ts';
import { DesktopState } from './desktopState.ts';
import { OwnProcesses } from './processes.ts';
import { textsFor, type Texts } from './texts.ts';

type Asked = PageParams<'files.choose'>;
type Wish = { what: Asked['what'] | 'any'; several: boolean };

/** What the set-ups share: the way to the engine, what is remembered, and what is going on. */
export class Shell {
  readonly folders: Folders;
  readonly log: Log;
  readonly processes: OwnProcesses;
  readonly engine: EngineClient;
  readonly grants: Grants;
  readonly gateway: PageGateway;
  readonly state: DesktopState;
  texts: Texts = textsFor(app.getLocale());
  /** As it was told last. */
  queue: QueueState = { paused: false, jobs: [] };
  readonly #changeListeners = new Set<() => void>();

  private constructor(
    parts: Pick<Shell, 'folders' | 'log' | 'processes' | 'engine' | 'grants' | 'gateway' | 'state'>,
  ) {
    this.folders = parts.folders;
    this.log = parts.log;
    this.processes = parts.processes;
    this.engine = parts.engine;
    this.grants = parts.grants;
    this.gateway = parts.gateway;
    this.state = parts.state;
  }

  static async open(): Promise<Shell> {
    const places = folders();
    const log = openLog(places.logs, 'desktop');
    const processes = new OwnProcesses(log);
    const engine = new EngineClient(() => processes.launch(engineEntry, { arguments: engineArguments }));
    const grants = new Grants();
    const [roots, state] = await Promise.all([
      RootFolders.open(grants, []),
      DesktopState.open(places.settings),
    ]);
    const gateway: PageGateway = new PageGateway({
      engine,
      grants,
      roots,
      log,
      choose: (wanted) => shell.choose(wanted),
      description: {
        shell: 'desktop',
        version: app.getVersion(),
        listsFiles: false,
        uploadLimitBytes: null,
      },
    });
    const shell = new Shell({ folders: places, log, processes, engine, grants, gateway, state });
    shell.#follow();
    return shell;
  }

  /**
   * Begins the engine. One that dies meanwhile is begun again by the gateway.
   * @throws EngineFailure where another Sewscribe works with the same projects
   */
  async start(): Promise<void> {
    try {
      this.queue = (await this.gateway.call('queue.list', {})) as QueueState;
      this.#speak(((await this.gateway.call('settings.get', {})) as Settings).language);
    } catch (cause) {
      if (!(cause instanceof EngineDied)) throw cause;
    }
  }

  get isBusy(): boolean {
    return this.queue.jobs.some(({ state }) => state === 'running');
  }

  /** Hears when the queue, what was opened lately or the language changed. */
  onChange(listener: () => void): void {
    this.#changeListeners.add(listener);
  }

  changed(): void {
    for (const listener of this.#changeListeners) listener();
  }

  /** Asks in the system's own dialog. @returns paths; none where the person cancels */
  async choose({ what, several }: Wish): Promise<string[]> {
    const recordings = { name: this.texts.recordings, extensions: mediaExtensions };
    const transcripts = { name: this.texts.transcripts, extensions: transcriptExtensions };
    const filters = {
      media: [recordings],
      transcript: [transcripts],
      any: [recordings, transcripts],
      folder: [],
    }[what];
    const properties: OpenDialogOptions['properties'] =
      what === 'folder' ? ['openDirectory', 'createDirectory'] : ['openFile'];
    if (several && what !== 'folder') properties.push('multiSelections');
    const { canceled, filePaths } = await dialog.showOpenDialog({ filters, properties });
    return canceled ? [] : filePaths;
  }

  close(): void {
    this.gateway.close();
    this.processes.close();
  }

  #follow(): void {
    this.gateway.listen((event, payload) => {
      if (event === 'queue.changed') {
        this.queue = payload as QueueState;
        this.changed();
      } else if (event === 'settings.changed') this.#speak((payload as Settings).language);
      else if (event === 'engine.restarted') {
        this.start().catch((cause: unknown) => this.log('the queue is not known', cause));
      }
    });
  }

  #speak(language: string | null): void {
    this.texts = textsFor(language ?? app.getLocale());
    this.changed();
  }
}
