import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../../files/makeFolder.ts';
import { writeWhole } from '../../files/writeWhole.ts';
import { neededCheckpointFiles, smallCheckpointFiles, weightFiles } from './checkpointFiles.ts';
import { listModel, type Hub, type HubFile, type HubListing } from './hub.ts';
import { NetworkProblem, type NetworkOptions } from './network.ts';

/** A model that is to be fetched: which one, and where its weights may lie, best first. */
export type Wanted = {
  hubId: string;
  revision: string;
  weights: readonly { file: string; revision: string }[];
};

const plannedFile = z.object({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  location: z.string(),
  bytes: z.number().int().min(0).nullable(),
  checksum: z.object({ algorithm: z.enum(['sha256', 'git-sha1']), hex: z.string() }).nullable(),
});

const downloadPlan = z.object({
  hub: z.string(),
  hubId: z.string(),
  revision: z.string(),
  commit: z.string().nullable(),
  /** The small files first, so that what cannot be converted is found before the weights are fetched. */
  files: z.array(plannedFile).min(1),
});

/** What is to be downloaded, kept beside it so that a resumed download needs no listing and gets the same files. */
export type DownloadPlan = z.infer<typeof downloadPlan>;

const planName = 'plan.json';
const hubName = (hub: Hub) => (hub.kind === 'web' ? hub.base.href : hub.path);

/** The plan that an earlier attempt has left, if it is one for the same. */
export async function readPlan(folder: string, hub: Hub, wanted: Wanted): Promise<DownloadPlan | null> {
  const parsed = downloadPlan.safeParse(
    await readFile(join(folder, planName), 'utf8')
      .then((text) => JSON.parse(text) as unknown)
      .catch(() => null),
  );
  if (!parsed.success) return null;
  const { data } = parsed;
  const isSame =
    data.hub === hubName(hub) && data.hubId === wanted.hubId && data.revision === wanted.revision;
  return isSame ? data : null;
}

/** Forgets the plan, so that the hub is asked again; what is downloaded already stays where it still fits. */
export async function dropPlan(folder: string): Promise<void> {
  await rm(join(folder, planName), { force: true });
}

/**
 * Asks the hub what there is, and keeps the answer.
 * @throws NetworkProblem, WriteError
 */
export async function makePlan(
  folder: string,
  hub: Hub,
  wanted: Wanted,
  options: NetworkOptions,
): Promise<DownloadPlan> {
  const listings = new Map<string, HubListing>();
  const list = async (revision: string, names: readonly string[]) => {
    const known = listings.get(revision);
    if (known) return known;
    const listed = await listModel(hub, wanted.hubId, revision, names, options);
    listings.set(revision, listed);
    return listed;
  };
  const all = [...smallCheckpointFiles, ...weightFiles.flatMap(withIndex)];
  const { commit, files } = await list(wanted.revision, all);
  const missing = neededCheckpointFiles.find((needed) => !files.some(({ name }) => name === needed));
  if (missing)
    throw new NetworkProblem(`${wanted.hubId} has no ${missing}, so it is no recogniser of letters`);
  const small = files.filter(({ name }) => (smallCheckpointFiles as readonly string[]).includes(name));
  const plan: DownloadPlan = {
    hub: hubName(hub),
    hubId: wanted.hubId,
    revision: wanted.revision,
    commit,
    files: [...small, ...(await findWeights(wanted, list))],
  };
  await makeFolder(folder);
  await writeWhole(join(folder, planName), JSON.stringify(plan), { overwrite: true });
  return plan;
}

const withIndex = (file: string) => [file, `${file}.index.json`];

/** The first of the places for weights that exists. */
async function findWeights(
  { hubId, revision: wantedRevision, weights }: Wanted,
  list: (revision: string, names: readonly string[]) => Promise<HubListing>,
): Promise<HubFile[]> {
  for (const { file, revision } of weights) {
    const { files } = await list(revision, withIndex(file)).catch((cause: unknown) => {
      // Another revision that cannot be had is no fault: the next place is tried.
      const status = cause instanceof NetworkProblem ? (cause.status ?? 0) : 0;
      if (revision !== wantedRevision && status >= 400 && status < 500) return { files: [] };
      throw cause;
    });
    const whole = files.find(({ name }) => name === file);
    if (whole) return [whole];
    const index = files.find(({ name }) => name === `${file}.index.json`);
    const shard = new RegExp(`^${file.replace('.', '-\\d{5}-of-\\d{5}\\.')}$`);
    if (index) return [index, ...files.filter(({ name }) => shard.test(name))];
  }
  throw new NetworkProblem(`${hubId} has no weights that can be read (${weightFiles.join(' or ')})`);
}
