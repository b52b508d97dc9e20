import type { RecognitionOptions } from '../contract.ts';
import { UsageError } from '../errors.ts';
import { wantedTrack } from '../media/chooseTrack.ts';
import { decode } from '../media/decode.ts';
import { mediaFingerprint } from '../media/fingerprint.ts';
import { probe } from '../media/probe.ts';
import { sampleRateHz, type AudioBlock, type DecodeReport, type MediaInfo } from '../media/types.ts';
import type { WindowStore, FinishedWindow } from '../projects/windowStore.ts';
import type { Launcher } from '../recognition/launcher.ts';
import { JobRecogniser, type DeviceServices } from '../recognition/devices/jobRecogniser.ts';
import type { LoadedModel, RecogniserDevice } from '../recognition/recogniser.ts';
import { speechWindows } from '../speech/windows.ts';
import type { PunctuationNetwork } from '../text/punctuation/network.ts';
import { prefetch } from './prefetch.ts';
import { ProgressMeter, tryingDevice } from './progress.ts';
import { unfinishedPlace, type WindowPlace } from './windowPlace.ts';

/** What jobs share in one engine. */
export type JobServices = DeviceServices & {
  punctuation: PunctuationNetwork;
  launcher: Launcher;
  unfinishedFolder: string;
  /** A person's own language models. */
  languageModelsFolder: string;
};

export type RecognitionJob = {
  id: string;
  path: string;
  model: LoadedModel;
  options: RecognitionOptions;
  signal: AbortSignal;
  onProgress: ConstructorParameters<typeof ProgressMeter>[3];
  /** Where finished windows go; missing: a folder that is gone when the job is done. */
  place?: WindowPlace;
  /** Hears what the media is, before the first window. */
  onInfo?: (info: MediaInfo) => Promise<void>;
  /** Hears all sound that is decoded, in order, from `fromSample` of its first call on. */
  onSound?: (block: AudioBlock, fromSample: number) => Promise<void>;
};

/** Windows that are ready beside the one that is being recognised, and beside the one that is being read. */
const windowsAhead = 1;
/** How much before its place a resumed job decodes, for the voice detector, which minds how loud the last half minute was. */
const warmUpMs = 30_000;
/** So many windows at most are cut again. */
const windowsBack = 30;

/**
 * A media file as finished windows, in order of time: those of an earlier, broken-off run first, then the rest as
 * it is decoded, cut, recognised and stored. When the iteration has ended, `report` tells what the decoder found.
 */
export class MediaRecognition {
  readonly #job: RecognitionJob;
  readonly #services: JobServices;
  #info: MediaInfo | undefined;
  #report: DecodeReport | undefined;
  #place: WindowPlace | undefined;
  #recogniser: JobRecogniser | undefined;

  constructor(job: RecognitionJob, services: JobServices) {
    this.#job = job;
    this.#services = services;
  }

  /** What the media is; known from the first window on. */
  get info(): MediaInfo {
    if (!this.#info) throw new Error('the media has not been probed yet');
    return this.#info;
  }

  /**
   * How long the medium is: as decoded, or as its header says where only a part was decoded. Known when the
   * iteration has ended.
   */
  get durationMs(): number {
    const isPart = this.#job.options.toMs !== undefined;
    return Math.round(Math.max(this.report.endMs, (isPart && this.info.headerDurationMs) || 0));
  }

  /** What the decode found, and what became of the device; known when the iteration has ended. */
  get report(): DecodeReport {
    if (!this.#report) throw new Error('the decode has not ended yet');
    return { ...this.#report, warnings: [...(this.#recogniser?.notices ?? []), ...this.#report.warnings] };
  }

  /** What the newest window was computed on; known from the first window on. */
  get device(): RecogniserDevice {
    if (!this.#recogniser) throw new Error('no device has been chosen yet');
    return this.#recogniser.device;
  }

  /**
   * The next window is recognised while this one is read.
   * @throws SourceError, ModelError, DeviceError, WriteError, UsageError; AbortError when cancelled
   */
  windows(): AsyncGenerator<FinishedWindow> {
    return prefetch(this.#windows(), windowsAhead);
  }

  async *#windows(): AsyncGenerator<FinishedWindow> {
    const { path, model, options, signal } = this.#job;
    const info = await probe(path, signal);
    this.#info = info;
    checkTrack(info, options.track);
    checkRange(info, options.fromMs);
    await this.#job.onInfo?.(info);
    const place = this.#job.place ?? (await this.#unfinishedPlace());
    this.#place = place;
    const { store } = place;
    try {
      const recogniser = await JobRecogniser.open(model, options.device, this.#services, signal, () =>
        this.#job.onProgress(tryingDevice(this.#job.id, options.fromMs ?? 0)),
      );
      this.#recogniser = recogniser;
      // Cancelling is killing: a run that is under way would hold it up for seconds.
      const onAbort = () => recogniser.destroy();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        yield* this.#storedWindows(store);
        yield* this.#newWindows(store, recogniser, info);
      } finally {
        signal.removeEventListener('abort', onAbort);
        if (signal.aborted) recogniser.destroy();
        else recogniser.release();
      }
    } finally {
      await place.release();
    }
  }

  /** The job is done: what was kept to resume it goes. */
  async forget(): Promise<void> {
    await this.#place?.forget();
  }

  async #unfinishedPlace(): Promise<WindowPlace> {
    const { path, model, options, signal } = this.#job;
    const key = [await mediaFingerprint(path), model.manifest.id, model.manifest.vocabularySha256, options];
    signal.throwIfAborted();
    return unfinishedPlace(this.#services.unfinishedFolder, key, path);
  }

  async *#storedWindows(store: WindowStore): AsyncGenerator<FinishedWindow> {
    if (store.windows.length > 0)
      this.#services.log(`job ${this.#job.id} goes on after ${store.windows.length} windows`);
    for (const stored of [...store.windows]) {
      this.#job.signal.throwIfAborted();
      yield await store.read(stored);
    }
  }

  async *#newWindows(
    store: WindowStore,
    recogniser: JobRecogniser,
    info: MediaInfo,
  ): AsyncGenerator<FinishedWindow> {
    const { model, options, signal } = this.#job;
    const { manifest } = model;
    const finishedUntil = finishedSamples(store);
    const fromSample = Math.max(
      Math.round(((options.fromMs ?? 0) * sampleRateHz) / 1000),
      resumeSample(finishedUntil, channelsOf(info, options)),
    );
    const fromMs = fromSample / (sampleRateHz / 1000);
    const endMs = options.toMs ?? info.headerDurationMs;
    const meter = new ProgressMeter(this.#job.id, options.fromMs ?? 0, endMs, this.#job.onProgress);
    meter.begin(fromMs);

    // The model loads while the first window is decoded.
    const starting = recogniser.start();
    starting.catch(() => undefined);
    // A resumed job hears a little of what is finished, and cuts it again as it was cut.
    const cutFromSamples = fromSample > 0 ? pausesBefore(store) : new Map<number, number>();
    const cutFromMs = Math.min(fromSample, ...cutFromSamples.values()) / (sampleRateHz / 1000);
    const decodeFromMs = Math.max(options.fromMs ?? 0, cutFromMs - warmUpMs);
    const decoded = decode(info, { ...options, fromMs: decodeFromMs || undefined, signal });
    decoded.report.catch(() => undefined);
    const decodeFromSample = Math.round(decodeFromMs * (sampleRateHz / 1000));
    let isRecognising = false;
    const blocks = watched(decoded.blocks, async (block) => {
      await this.#job.onSound?.(block, decodeFromSample);
      // What is decoded ahead is not done; where nobody speaks it is.
      if (!isRecognising) meter.at(endOf(block) / (sampleRateHz / 1000), 'decoding');
    });
    const windows = speechWindows(blocks, { fromSample, cutFromSamples });
    for await (const window of prefetch(windows, windowsAhead)) {
      signal.throwIfAborted();
      if (window.endSample <= (finishedUntil.get(window.channel) ?? -1)) continue;
      isRecognising = true;
      await starting;
      const { channel, startSample, endSample } = window;
      const logProbabilities = await recogniser.recognise(window);
      isRecognising = false;
      yield await store.append({ channel, startSample, endSample, logProbabilities }, manifest);
      meter.at(window.endSample / (sampleRateHz / 1000));
    }
    signal.throwIfAborted();
    // A file without speech must not hide that the model cannot be loaded.
    await starting;
    this.#report = await decoded.report;
  }
}

async function* watched(
  blocks: AsyncIterable<AudioBlock>,
  look: (block: AudioBlock) => Promise<void>,
): AsyncGenerator<AudioBlock> {
  for await (const block of blocks) {
    await look(block);
    yield block;
  }
}

const endOf = (block: AudioBlock) => block.startSample + block.channels[0].length;

/** Until where each channel is finished. */
function finishedSamples(store: WindowStore): Map<number, number> {
  const until = new Map<number, number>();
  for (const { channel, endSample } of store.windows) {
    until.set(channel, Math.max(until.get(channel) ?? 0, endSample));
  }
  return until;
}

/** Where in each channel the newest run of finished windows without a pause between them begins, or its last part. */
function pausesBefore(store: WindowStore): Map<number, number> {
  const runs = new Map<number, { startSample: number; endSample: number; windows: number }>();
  for (const { channel, startSample, endSample } of store.windows) {
    const run = runs.get(channel);
    const goesOn = run?.endSample === startSample && run.windows < windowsBack;
    runs.set(
      channel,
      goesOn ? { ...run, endSample, windows: run.windows + 1 } : { startSample, endSample, windows: 1 },
    );
  }
  return new Map([...runs].map(([channel, { startSample }]) => [channel, startSample]));
}

/** Every channel is finished up to here. */
function resumeSample(finishedUntil: Map<number, number>, channels: number): number {
  return finishedUntil.size < channels ? 0 : Math.min(...finishedUntil.values());
}

function channelsOf(info: MediaInfo, options: RecognitionOptions): number {
  if (options.channels === 'mix') return 1;
  return wantedTrack(info.tracks, options.track)?.channels ?? 1;
}

function checkRange({ path, headerDurationMs }: MediaInfo, fromMs = 0): void {
  if (headerDurationMs === null || fromMs < headerDurationMs) return;
  const seconds = (headerDurationMs / 1000).toFixed(1);
  throw new UsageError(`"${path}" is ${seconds} s long, so nothing lies behind --from ${fromMs / 1000} s.`);
}

/** @throws UsageError where the medium has no such audio track */
export function checkTrack(info: MediaInfo, number: number | undefined): void {
  if (number === undefined) return;
  const track = info.tracks.find((candidate) => candidate.number === number);
  if (!track) {
    const count = info.tracks.length;
    throw new UsageError(
      `"${info.path}" has ${count} audio track${count === 1 ? '' : 's'}, so there is no track ${number}.`,
    );
  }
}
