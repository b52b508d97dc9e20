import { join } from 'node:path';
import type { Target } from './appFiles.ts';

/** What this system's installers are made with, and where whoever makes them says so. */

/** @throws Error where what is looked for as an update could be anybody's */
export function updatesAddress(environment: NodeJS.ProcessEnv): string | undefined {
  const address = environment['SEWSCRIBE_UPDATES'];
  if (address && !address.startsWith('https://'))
    throw new Error('SEWSCRIBE_UPDATES has to begin with https://.');
  return address || undefined;
}

/** The arguments of electron-builder. A deb names its maker's page, and without one it is not made. */
export function installerArguments({ platform, arch }: Target, environment: NodeJS.ProcessEnv): string[] {
  const app = join('out', `Sewscribe-${platform}-${arch}`, platform === 'darwin' ? 'Sewscribe.app' : '');
  const homepage = environment['SEWSCRIBE_HOMEPAGE'];
  const updates = updatesAddress(environment);
  return [
    ...['--prepackaged', app, '--config', 'build/installers.json', `--${arch}`, '--publish', 'never'],
    ...(platform === 'linux' ? ['--linux', 'AppImage', ...(homepage ? ['deb'] : [])] : []),
    ...(homepage ? [`-c.extraMetadata.homepage=${homepage}`] : []),
    // With them come the lists of versions that the app looks at.
    ...(updates ? ['-c.publish.provider=generic', `-c.publish.url=${updates}`] : []),
  ];
}
