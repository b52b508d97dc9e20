import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Folders } from '../files/folders.ts';
import type { Log } from '../files/log.ts';
import { writeWhole } from '../files/writeWhole.ts';
import { readInstalledModel } from '../native-models/store/installed.ts';
import { embeddedModelId } from '../native-models/store/resolve.ts';
import { recognitionOptions } from './contract.ts';
import type {
  EventName,
  EventPayload,
  MethodName,
  ModelReference,
  Outcome,
  Params,
  Result,
} from './contract.ts';
import { proxyCommand } from './media/proxy.ts';
import { shotChanges } from './media/shots.ts';
import { SourceError } from './media/types.ts';
import { toFailure, toLog } from './errors.ts';
import { alignMedia } from './jobs/alignment.ts';
import type { JobServices, RecognitionJob } from './jobs/recognition.ts';
import { findSpeakers } from './jobs/speakers.ts';
import { transcribeMedia } from './jobs/transcription.ts';
import { documentSink } from './jobs/transcriptSink.ts';
import { describeMachine } from './machine.ts';
import { Models } from './models.ts';
import { exportHandlers } from './methods/exports.ts';
import { libraryHandlers } from './methods/library.ts';
import { modelHandlers } from './methods/models.ts';
import { projectHandlers } from './methods/projects.ts';
import { queueHandlers } from './methods/queue.ts';
import { soundTrackHandlers } from './methods/soundTracks.ts';
import { storedHandlers } from './methods/stored.ts';
import { uploadHandlers } from './methods/uploads.ts';
import { vocabularyHandlers } from './methods/vocabulary.ts';
import { evaluate, normalisationSaid } from './recognition/evaluation.ts';
import { Devices } from './recognition/devices/devices.ts';
import type { Hardware } from './recognition/devices/hardware.ts';
import type { Launcher } from './recognition/launcher.ts';
import { measureModels } from './recognition/measure.ts';
import { RecogniserPool } from './recognition/pool.ts';
import { PunctuationNetwork } from './text/punctuation/network.ts';
import type { LoadedModel } from './recognition/recogniser.ts';
import { prepareSamples } from './recognition/samples.ts';
import { Workspace } from './workspace.ts';

export type EngineSettings = {
  folders: Folders;
  launcher: Launcher;
  log: Log;
  tell<E extends EventName>(event: E, payload: EventPayload<E>): void;
  /** Where they are not this machine's own. */
  accelerators?: {
    hardware?: () => Promise<Hardware>;
    /** One that takes longer to load a model, or for a run, is ended. */
    answerLimitMs?: number;
    nowMs?: () => number;
  };
};

export type Engine = {
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Ends all jobs and recognisers. */
  close(): Promise<void>;
};

/** Methods that need no workspace: the command line's, which may run beside an opened app. */
type OwnHandlers = {
  [M in Exclude<MethodName, keyof typeof workspaceHandlers>]: (params: Params<M>) => Promise<Result<M>>;
};

const workspaceHandlers = {
  ...libraryHandlers,
  ...queueHandlers,
  ...projectHandlers,
  ...soundTrackHandlers,
  ...vocabularyHandlers,
  ...exportHandlers,
  ...modelHandlers,
  ...storedHandlers,
  ...uploadHandlers,
};

/** The engine itself, without a process around it: jobs, recognisers, and the methods of the contract. */
export function createEngine({ folders, launcher, log, tell, accelerators = {} }: EngineSettings): Engine {
  const { answerLimitMs, ...lookedUp } = accelerators;
  const pool = new RecogniserPool(launcher, log, answerLimitMs);
  const devices = new Devices({ pool, log, cacheFolder: folders.cache, ...lookedUp });
  const punctuation = new PunctuationNetwork(launcher, log);
  const services: JobServices = {
    pool,
    devices,
    punctuation,
    launcher,
    unfinishedFolder: folders.unfinished,
    languageModelsFolder: folders.languageModels,
    log,
  };
  const running = new Map<string, { controller: AbortController; ended: Promise<void> }>();

  /** Starts a job and tells its end, which comes exactly once, whatever happens. */
  function start(run: (job: Omit<RecognitionJob, 'path' | 'model' | 'options'>) => Promise<Outcome>): {
    jobId: string;
  } {
    const jobId = randomUUID();
    const controller = new AbortController();
    const ended = run({
      id: jobId,
      signal: controller.signal,
      onProgress: (progress) => tell('job.progress', progress),
    })
      .then(
        (outcome) => tell('job.finished', { jobId, outcome }),
        (cause: unknown) => {
          const failure = controller.signal.aborted
            ? { code: 'cancelled' as const, message: 'Cancelled.' }
            : toFailure(cause);
          if (failure.code !== 'cancelled') log(`job ${jobId} failed`, toLog(cause));
          tell('job.failed', { jobId, failure });
        },
      )
      .finally(() => running.delete(jobId));
    running.set(jobId, { controller, ended });
    return { jobId };
  }

  let opening: Promise<Workspace> | undefined;
  /** The workspace, opened when it is first needed. */
  function workspace(): Promise<Workspace> {
    opening ??= Workspace.open(folders, services, tell).catch((cause: unknown) => {
      // The other process may be gone the next time.
      opening = undefined;
      throw cause;
    });
    return opening;
  }

  const handlers: OwnHandlers = {
    async 'transcription.start'({ path, options }) {
      const model = await load(options.model);
      return start((job) =>
        transcribeMedia(
          {
            ...job,
            path,
            model,
            // What a window is does not depend on how its text is written.
            options: recognitionOptions.parse(options),
            writing: { case: options.case, numbers: options.numbers ?? options.case === 'sentence' },
            decoder: options.decoder,
            speakers: options.speakers,
            vocabulary: options.vocabulary,
            onWords: (words) => tell('job.words', words),
          },
          services,
        ),
      );
    },
    async 'alignment.start'({ path, options, document }) {
      const model = await load(options.model);
      return start((job) => alignMedia({ ...job, path, model, options, document }, services));
    },
    async 'speakers.start'({ path, track, document }) {
      const sink = documentSink(document);
      return start(async (job) => {
        const options = { channels: 'mix' as const, track };
        const end = await findSpeakers({ ...job, path, options }, sink, services);
        return { ...end, document: sink.document, meanConfidence: null };
      });
    },
    async 'job.cancel'({ jobId }) {
      const job = running.get(jobId);
      job?.controller.abort();
      await job?.ended;
      return {};
    },
    async 'logits.write'({ model: reference, samplesPath, outputPath }) {
      const model = await load(reference);
      const lease = pool.lease(model, 'cpu', 'float32');
      try {
        const samples = prepareSamples(await readSamples(samplesPath), model.manifest);
        const { frames, vocabularySize, data } = await lease.recogniser.run(samples, 'logits');
        await writeWhole(outputPath, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), {
          overwrite: true,
        });
        return { frames, vocabulary: vocabularySize };
      } finally {
        lease.release();
      }
    },
    async 'models.measure'({ models, device: wanted, ...settings }) {
      const loaded = await Promise.all(models.map(load));
      const device = await devices.chooseForAll(loaded, wanted);
      return measureModels(loaded, { device, ...settings }, pool);
    },
    async 'evaluation.score'({ utterances }) {
      return { ...evaluate(utterances), normalisation: normalisationSaid };
    },
    'media.shots': async ({ path }) => ({ shotsMs: await shotChanges(path) }),
    'media.proxy': ({ path, ...part }) => proxyCommand(path, part),
    async 'machine.describe'({ tryAccelerators }) {
      if (tryAccelerators) await devices.tryAgain(() => new Models(folders).load(embeddedModelId));
      return describeMachine(launcher, devices);
    },
  };

  return {
    call: async (method, params) =>
      isOwn(method)
        ? (handlers[method](params as never) as never)
        : (workspaceHandlers[method as keyof typeof workspaceHandlers](
            params as never,
            await workspace(),
          ) as never),
    async close() {
      for (const { controller } of running.values()) controller.abort();
      devices.close();
      await (await opening?.catch(() => undefined))?.close();
      pool.close();
      punctuation.close();
    },
  };

  function isOwn(method: MethodName): method is keyof OwnHandlers {
    return Object.hasOwn(handlers, method);
  }
}

async function load({ folder }: ModelReference): Promise<LoadedModel> {
  return readInstalledModel(folder);
}

/** Raw little-endian float32 samples. */
async function readSamples(path: string): Promise<Float32Array> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'it does not exist' : cause.message;
    throw new SourceError(`"${path}" cannot be read: ${why}.`, { cause });
  });
  if (bytes.length === 0 || bytes.length % 4 !== 0) {
    throw new SourceError(
      `"${path}" is not raw float32: its ${bytes.length} bytes are no whole number of samples.`,
    );
  }
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
