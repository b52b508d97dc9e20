import { basename } from 'node:path';
import { encodeDocumentState, type projectMethods } from '../contract.ts';
import { toLog, UsageError } from '../errors.ts';
import { mediaFingerprint } from '../media/fingerprint.ts';
import { readMp3Header } from '../media/headers.ts';
import { checkSource } from '../media/source.ts';
import { SourceError } from '../media/types.ts';
import { alignSpans } from '../projects/alignSpans.ts';
import type { Project } from '../projects/project.ts';
import { isMediaThere } from '../projects/projectMedia.ts';
import { publicEdit, type Workspace } from '../workspace.ts';
import type { Handlers } from './handler.ts';
import { trackOf } from './soundTracks.ts';

type Names = Exclude<
  keyof typeof projectMethods,
  | 'project.hearTrack'
  | 'export.render'
  | 'export.write'
  | 'transcript.import'
  | 'vocabulary.propose'
  | 'vocabulary.decide'
>;

export const projectHandlers: Handlers<Names> = {
  async 'project.open'({ projectId }, workspace) {
    const project = await workspace.projects.get(projectId);
    const { about } = project;
    const { media } = about;
    const isThere = await isMediaThere(about);
    return {
      projectId,
      name: about.name,
      media: {
        path: media?.path ?? 'none',
        name: media?.name ?? '',
        durationMs: media?.durationMs ?? null,
        hasVideo: media?.hasVideo ?? false,
        isThere,
        isGuessedInBrowsers: isThere && ((await readMp3Header(media!.path))?.isVariable ?? false),
        track: trackOf(about),
        tracks: media?.tracks ?? [],
      },
      captions: about.captions,
      vocabulary: about.vocabulary ?? [],
      peaks: (await project.peaks()).count,
      canAlign: (await project.windows()).windows.length > 0,
      isWhole: about.isWhole,
      lost: project.lost,
    };
  },
  async 'project.document'({ projectId }, { projects }) {
    const { revision, historyState: history, document } = await projects.get(projectId);
    return encodeDocumentState({ revision, history, document });
  },

  async 'project.rename'({ projectId, name }, { projects, queue, tell }) {
    await (await projects.get(projectId)).change({ name });
    tell('queue.changed', queue.state);
    return {};
  },
  async 'project.delete'({ projectId }, workspace) {
    await workspace.deleteProject(projectId);
    return {};
  },
  async 'project.setCaptions'({ projectId, captions }, { projects }) {
    await (await projects.get(projectId)).change({ captions });
    return {};
  },

  async 'project.setVocabulary'({ projectId, vocabulary }, { projects }) {
    await (await projects.get(projectId)).change({ vocabulary });
    return {};
  },

  async 'project.apply'({ projectId, editId, operations, toAlign, ...about }, workspace) {
    const project = await workspace.projects.get(projectId);
    const known = project.knownEdit(editId);
    const { baseRevision, label, becauseOf } = about;
    const { edit, dropped } = known
      ? { edit: known, dropped: [] }
      : await project.editRebased(operations, {
          id: editId,
          origin: 'person',
          baseRevision: Math.min(baseRevision, project.revision),
          label,
          becauseOf,
        });
    if (edit && !known && toAlign) alignLater(project, toAlign, editId, workspace);
    return {
      revision: project.revision,
      history: project.historyState,
      edit: edit && publicEdit(edit),
      dropped: dropped.map(({ operation, error }) => ({ operation, message: error.message })),
    };
  },

  async 'project.undo'({ projectId }, { projects }) {
    const project = await projects.get(projectId);
    const name = await project.undo();
    return { name, revision: project.revision, history: project.historyState };
  },
  async 'project.redo'({ projectId }, { projects }) {
    const project = await projects.get(projectId);
    const name = await project.redo();
    return { name, revision: project.revision, history: project.historyState };
  },

  async 'project.align'({ projectId, spans, becauseOf }, { projects, models }) {
    const project = await projects.get(projectId);
    const done = await alignSpans(project, spans, (id) => models.manifest(id), becauseOf);
    return { ...done, revision: project.revision };
  },

  async 'project.recogniseAgain'({ projectId, fromMs, toMs, modelId, device }, workspace) {
    const { projects, queue, models, settings } = workspace;
    const { about } = await projects.get(projectId);
    if (toMs <= fromMs) throw new UsageError('The part to hear again ends before it begins.');
    await models.load(modelId);
    const vocabulary = [...settings.current.vocabulary, ...(about.vocabulary ?? [])];
    const options = {
      ...about.options,
      modelId,
      device: device ?? about.options.device,
      vocabulary,
      fromMs,
      toMs,
    };
    return { jobId: queue.add({ projectId, kind: 'range', options }, { first: true }) };
  },

  async 'project.findSpeakers'({ projectId }, { projects, queue }) {
    const { about } = await projects.get(projectId);
    const atWork = queue.state.jobs.find((job) => job.projectId === projectId && job.endedAtMs === null);
    if (atWork?.kind === 'speakers') return { jobId: atWork.jobId };
    if (atWork)
      throw new UsageError(`“${about.name}” is still being heard; find who speaks when that is done.`);
    return { jobId: queue.add({ projectId, kind: 'speakers', options: about.options }, { first: true }) };
  },

  async 'project.locate'({ projectId, media: path, anyway }, { projects }) {
    const project = await projects.get(projectId);
    await checkSource(path);
    const fingerprint = await mediaFingerprint(path);
    const { media, name } = project.about;
    if (media && media.fingerprint !== fingerprint && !anyway) {
      throw new SourceError(
        `“${basename(path)}” is another file than the one that “${name}” was made from; choose that one, or take it anyway.`,
      );
    }
    const isSame = media?.fingerprint === fingerprint;
    const { hasVideo = false, durationMs = null } = media ?? {};
    const known = isSame ? media : { fingerprint, hasVideo, durationMs };
    await project.change({ media: { ...known, path, name: basename(path) } });
    return {};
  },

  async 'project.peaks'({ projectId, first, count, fold }, { projects }) {
    return (await (await projects.get(projectId)).peaks()).read(first, count, fold);
  },
};

/** The words' times come as an edit of their own, as soon as they are known. */
function alignLater(
  project: Project,
  spans: Parameters<typeof alignSpans>[1],
  editId: string,
  { models, services, tell }: Workspace,
): void {
  alignSpans(project, spans, (id) => models.manifest(id), editId).catch((cause: unknown) => {
    services.log(`words of ${project.id} could not be aligned`, toLog(cause));
    tell('notice', {
      level: 'warning',
      message: 'The times of the words that were just changed could not be found; they are a guess.',
      projectId: project.id,
      jobId: null,
    });
  });
}
