import { basename, extname } from 'node:path';
import type { Added, JobOptions, queueMethods } from '../contract.ts';
import { toFailure } from '../errors.ts';
import { mediaFingerprint } from '../media/fingerprint.ts';
import { checkSource } from '../media/source.ts';
import type { About } from '../projects/projectFolder.ts';
import type { ProjectStore } from '../projects/projectStore.ts';
import type { Workspace } from '../workspace.ts';
import type { Handlers } from './handler.ts';

export const queueHandlers: Handlers<keyof typeof queueMethods> = {
  'queue.list': async (_, { queue }) => queue.state,

  async 'queue.add'({ media, options, whenKnown }, workspace) {
    const added: Added[] = [];
    for (const path of media) {
      added.push(
        await add(path, options, whenKnown, workspace).catch((cause: unknown): Added => {
          return { outcome: 'refused', failure: toFailure(cause) };
        }),
      );
    }
    return { added };
  },

  async 'queue.stop'({ jobId }, { queue }) {
    await queue.stop(jobId);
    return {};
  },
  async 'queue.retry'({ jobId }, { queue }) {
    queue.retry(jobId);
    return {};
  },
  async 'queue.remove'({ jobId }, workspace) {
    await workspace.forgetEmpty(await workspace.queue.remove(jobId));
    return {};
  },
  async 'queue.clear'(_, workspace) {
    for (const job of workspace.queue.clear()) await workspace.forgetEmpty(job);
    return {};
  },
  async 'queue.move'({ jobId, beforeJobId }, { queue }) {
    queue.move(jobId, beforeJobId);
    return {};
  },
  async 'queue.pause'({ paused }, { queue }) {
    await queue.pause(paused);
    return {};
  },
};

/** @throws SourceError, WriteError */
async function add(
  path: string,
  options: JobOptions,
  whenKnown: 'tell' | 'again',
  workspace: Workspace,
): Promise<Added> {
  const { projects, queue } = workspace;
  await checkSource(path);
  const fingerprint = await mediaFingerprint(path);
  const full = fullOptions(options, workspace);
  const uploadId = uploadAt(path, projects);
  const all = projects.ofMedium(fingerprint);
  const known = all.find(([, about]) => about.options.track === options.track) ?? all.at(0);
  if (known && whenKnown === 'tell') {
    const [projectId, about] = known;
    if (uploadId) await projects.delete(uploadId);
    // It was broken off and its job was taken off the list: it goes on.
    if (!about.isWhole && !queue.jobOf(projectId)) {
      const project = await projects.get(projectId);
      await project.change({ media: { ...about.media!, path, name: basename(path) } });
      const jobId = queue.add({ projectId, kind: 'transcription', options: about.options });
      return { outcome: 'added', projectId, jobId };
    }
    return { outcome: 'known', projectId, name: about.name };
  }
  const projectId = uploadId ?? (await create(path, fingerprint, full, options.vocabulary, workspace));
  if (uploadId) {
    const { project, release } = await projects.hold(uploadId);
    const media = { ...project.about.media!, fingerprint };
    await project
      .change({ isHidden: false, media, options: full, vocabulary: options.vocabulary })
      .finally(release);
  }
  workspace.changed(projectId);
  return {
    outcome: 'added',
    projectId,
    jobId: queue.add({ projectId, kind: 'transcription', options: full }),
  };
}

function create(
  path: string,
  fingerprint: string,
  options: About['options'],
  own: About['vocabulary'],
  { projects, settings }: Workspace,
): Promise<string> {
  return projects.create({
    name: nameOf(path),
    vocabulary: own,
    media: { path, name: basename(path), fingerprint, hasVideo: false, durationMs: null },
    options,
    captions: settings.current.captions,
    isHidden: false,
  });
}

/** The project that was made for an upload that lies at this path. */
export function uploadAt(path: string, projects: ProjectStore): string | undefined {
  return projects.abouts.find(([, about]) => about.isHidden && about.media?.path === path)?.[0];
}

/** A medium's name as a project has it: without the extension. */
export function nameOf(path: string): string {
  const name = basename(path);
  return name.slice(0, name.length - extname(name).length) || name;
}

/** What is not said is taken from the settings. */
export function fullOptions(options: JobOptions, { settings }: Workspace): About['options'] {
  const { modelId, device, channels, case: textCase, numbers, speakers, vocabulary } = settings.current;
  return {
    modelId: options.modelId ?? modelId,
    device: options.device ?? device,
    case: options.case ?? textCase,
    numbers: options.numbers ?? numbers,
    speakers: options.speakers ?? speakers,
    vocabulary: [...vocabulary, ...(options.vocabulary ?? [])],
    channels: options.channels ?? channels,
    track: options.track,
  };
}
