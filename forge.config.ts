import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { makeApp } from './build/app.ts';
import { besideArchive, type Target } from './build/appFiles.ts';
import { updatesAddress } from './build/installers.ts';

/**
 * How the desktop app is packaged (docs/electron.md): our own script makes its folder, Forge puts it into Electron,
 * with the fuses blown and, where there are credentials, signed; build/make.ts makes installers of the result.
 */

/** Electron's file before it has the app's name. */
const executables: Record<string, string> = {
  win32: 'electron.exe',
  darwin: 'Electron.app/Contents/MacOS/Electron',
  linux: 'electron',
};

/** The executable is the app and nothing else: no Node for other programs, no debugger, no code from beside it. */
const fuses = {
  version: FuseVersion.V1,
  resetAdHocDarwinSignature: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
} as const;

/** What a Mac may open the app with is said in the app itself, and elsewhere by its installer. */
type Association = { ext: string[]; name: string; role: string; rank: string };
const { fileAssociations } = JSON.parse(readFileSync('build/installers.json', 'utf8')) as {
  fileAssociations: Association[];
};
const documentTypes = fileAssociations.map(({ ext, name, role, rank }) => ({
  CFBundleTypeExtensions: ext,
  CFBundleTypeName: name,
  CFBundleTypeRole: role,
  LSHandlerRank: rank,
}));

const environment = process.env;
const appleId = environment['APPLE_ID'];

const config = {
  packagerConfig: {
    name: 'Sewscribe',
    // A Mac shows it as the app's name, and Windows' installer looks for it by that.
    executableName: process.platform === 'linux' ? 'sewscribe' : 'Sewscribe',
    appBundleId: 'org.sewscribe.desktop',
    appCategoryType: 'public.app-category.productivity',
    appCopyright: 'Apache-2.0',
    extendInfo: { CFBundleDocumentTypes: documentTypes },
    icon: 'build/icons/icon',
    asar: besideArchive,
    // Our own script puts everything else there.
    ignore: (path: string) => path !== '' && path !== '/package.json',
    prune: false,
    // electron-builder signs nothing that was packaged before.
    ...(environment['APPLE_IDENTITY'] && { osxSign: { identity: environment['APPLE_IDENTITY'] } }),
    ...(appleId && {
      osxNotarize: {
        appleId,
        appleIdPassword: environment['APPLE_PASSWORD'] ?? '',
        teamId: environment['APPLE_TEAM'] ?? '',
      },
    }),
    ...(environment['WINDOWS_CERTIFICATE'] && {
      windowsSign: {
        certificateFile: environment['WINDOWS_CERTIFICATE'],
        certificatePassword: environment['WINDOWS_CERTIFICATE_PASSWORD'],
      },
    }),
  },
  hooks: {
    packageAfterExtract: (_config: unknown, folder: string, _version: string, platform: string) =>
      flipFuses(join(folder, executables[platform]), fuses),
    async packageAfterCopy(
      _config: unknown,
      folder: string,
      _version: string,
      platform: string,
      arch: string,
    ) {
      await rm(folder, { recursive: true, force: true });
      await makeApp(folder, { platform, arch } as Target);
      // The updater reads it beside the archive; without an address there are no updates.
      const address = updatesAddress(environment);
      if (address) {
        await writeFile(
          join(folder, '..', 'app-update.yml'),
          `provider: generic\nurl: ${JSON.stringify(address)}\n`,
        );
      }
    },
  },
};

export default config;
