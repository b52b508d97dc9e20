import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it; one that is there is left.
 * @throws the file system's error, with the true reason
 */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch(async (cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT' ? ((await whyNot(path)) ?? cause) : cause;
  });
}

/** Node calls every reason for which none of several folders can be made “does not exist”. */
async function whyNot(path: string): Promise<Error | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (cause) {
    const isParentMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path;
    return isParentMissing ? whyNot(dirname(path)) : (cause as Error);
  }
}
