import * as z from 'zod';
import { device, modelId, nothing } from './basics.ts';

const wordErrorRates = z.array(z.object({ corpus: z.string(), percent: z.number(), source: z.string() }));

/** A model as the Models page shows it. Figures are measured or stated by a source, else null. */
export const modelDescription = z.object({
  modelId,
  name: z.string(),
  family: z.string(),
  languages: z.array(z.string()),
  licence: z.string().nullable(),
  parameters: z.number().int(),
  /** On the disk. */
  bytes: z.number().int().nullable(),
  wordErrorRates,
  /** One sentence that a person must know before using it. */
  notice: z.string().nullable(),
  /** The one that ships with the app cannot be removed. */
  isEmbedded: z.boolean(),
  /** As the last jobs on this machine went; null: not measured. */
  measured: z.object({ device, audioSecondsPerSecond: z.number() }).nullable(),
});
export type ModelDescription = z.infer<typeof modelDescription>;

/** A published model that this version can install. */
export const offeredModel = z.object({
  modelId,
  /** `owner/name` on the hub. */
  hubId: z.string(),
  name: z.string(),
  family: z.string(),
  languages: z.array(z.string()),
  licence: z.string(),
  parameters: z.number().nullable(),
  /** About. */
  downloadBytes: z.number().nullable(),
  wordErrorRates,
  /** What it is good for, in a sentence. */
  goodFor: z.string(),
  notice: z.string().nullable(),
  /** The one to offer at the first start. */
  isRecommended: z.boolean(),
});
export type OfferedModel = z.infer<typeof offeredModel>;

/**
 * An installation on its way: `waiting` its turn, `downloading`, being prepared (`converting`), `paused` by a person
 * or by the app's end, `offline` until the network is back (it goes on by itself), `failed`.
 */
export const modelInstall = z.object({
  modelId,
  name: z.string(),
  languages: z.array(z.string()),
  wordErrorRates,
  state: z.enum(['waiting', 'downloading', 'converting', 'paused', 'offline', 'failed']),
  /** 0..1 of the stage; null until it is known. */
  fraction: z.number().min(0).max(1).nullable(),
  /** Of the download; null until it is known. */
  totalBytes: z.number().nullable(),
  bytesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Why it failed or waits for the network, a sentence. */
  problem: z.string().nullable(),
});
export type ModelInstall = z.infer<typeof modelInstall>;

/** A catalogue id, or `owner/name` on the hub, optionally with `@revision`. */
const modelReference = z.string().trim().min(1).max(300);

const installs = z.object({ installs: z.array(modelInstall) });

export const modelMethods = {
  'models.list': { params: nothing, result: z.object({ models: z.array(modelDescription) }) },
  'models.remove': { params: z.object({ modelId }), result: nothing },
  /** All that can be installed, also what is installed already. */
  'models.catalogue': { params: nothing, result: z.object({ offered: z.array(offeredModel) }) },
  /** Begins to install a model, or goes on with one that was paused or failed. */
  'models.install': { params: z.object({ reference: modelReference }), result: z.object({ modelId }) },
  /** What has come stays. */
  'models.pauseInstall': { params: z.object({ modelId }), result: nothing },
  /** Throws away what has come. */
  'models.cancelInstall': { params: z.object({ modelId }), result: nothing },
  'models.installs': { params: nothing, result: installs },
} as const;

export const modelEvents = {
  /** What is installed changed. */
  'models.changed': nothing,
  /** All that is on its way; a finished one is gone from it. At most four times a second. */
  'models.installProgress': installs,
} as const;
