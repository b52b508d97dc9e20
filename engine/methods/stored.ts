import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeOfFolder } from '../../files/sizes.ts';
import { writeError } from '../../files/writeWhole.ts';
import { storedKind, type settingsMethods, type storedMethods } from '../contract.ts';
import type { Workspace } from '../workspace.ts';
import type { Handlers } from './handler.ts';

type Names = Exclude<keyof typeof storedMethods, 'machine.describe'> | keyof typeof settingsMethods;

export const storedHandlers: Handlers<Names> = {
  'settings.get': async (_, { settings }) => settings.current,
  async 'settings.set'(change, { settings, queue, tell }) {
    const next = await settings.change(change);
    tell('settings.changed', next);
    queue.start();
    return next;
  },

  async 'stored.list'(_, { folders, projects }) {
    const stored = [];
    for (const kind of storedKind.options) {
      const found = await sizeOfFolder(folders[kind]);
      if (!found) continue;
      const count = kind === 'projects' ? projects.abouts.length : found.count;
      stored.push({ kind, path: folders[kind], bytes: found.bytes, count });
    }
    return { stored };
  },

  async 'stored.delete'({ kinds }, workspace) {
    for (const kind of kinds) {
      if (kind === 'projects') await deleteProjects(workspace);
      else await empty(workspace.folders[kind]);
    }
    if (kinds.includes('models')) workspace.tell('models.changed', {});
    if (kinds.includes('settings')) {
      workspace.tell('settings.changed', workspace.settings.reset());
    }
    return {};
  },
};

async function deleteProjects(workspace: Workspace): Promise<void> {
  const { projects } = workspace;
  const ids = [
    ...projects.abouts.map(([id]) => id),
    ...projects.unreadable.map(({ projectId }) => projectId),
  ];
  for (const id of ids) await workspace.deleteProject(id);
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    await rm(join(folder, name), { recursive: true, force: true }).catch((cause: unknown) => {
      throw writeError(join(folder, name), cause);
    });
  }
}
