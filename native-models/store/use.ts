import { basename, dirname, join, resolve } from 'node:path';
import { folders } from '../../files/folders.ts';
import { announce, holdersOf, type Release } from '../../files/presence.ts';
import { ModelError } from '../model.ts';

const usersOf = (modelsFolder: string, id: string) => join(modelsFolder, '.in-use', id);

/**
 * Says that this process has an installed model loaded, until the returned function is called or the process is gone.
 * A model from elsewhere (a person's own folder, the cache) needs no guard and gets no file.
 */
export async function holdModel(folder: string, modelsFolder: string = folders().models): Promise<Release> {
  const place = resolve(folder);
  if (dirname(place) !== resolve(modelsFolder)) return () => undefined;
  // A store that cannot be written can have nothing removed from it either.
  return announce(usersOf(modelsFolder, basename(place))).catch(() => () => undefined);
}

/** @throws ModelError where a living process has the model loaded */
export async function checkUnused(modelsFolder: string, id: string): Promise<void> {
  const [user] = await holdersOf(usersOf(modelsFolder, id));
  if (user === undefined) return;
  throw new ModelError(
    `The model "${id}" is in use by process ${user}; wait until its job is done or end it, then try again.`,
  );
}
