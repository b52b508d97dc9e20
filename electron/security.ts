import { app, session, shell as system } from 'electron';
import { isOurAddress } from './scheme.ts';

/** Sites that the page links to; they open in the person's browser. */
const knownSites = new Set(['huggingface.co', 'github.com', 'onnxruntime.ai', 'ffmpeg.org']);

/** What the page may use of the machine; reading the clipboard, places, cameras and all else it may not. */
const permitted = new Set(['clipboard-sanitized-write', 'fullscreen']);

export function isKnownSite(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'https:' && url.username === '' && knownSites.has(url.hostname);
}

/**
 * Whether the page may use something.
 * @param asking the address of the frame that asks
 */
export function isPermitted(permission: string, asking: string): boolean {
  return permitted.has(permission) && isOurAddress(asking);
}

/** Permissions are refused but for a few, to our page alone. */
export function setUpPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isPermitted(permission, requestingUrl)),
  );
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) =>
    isPermitted(permission, origin.replace(/\/$/, '')),
  );
  defaultSession.setDevicePermissionHandler(() => false);
}

/** No window leads anywhere but to our page, and none opens another. */
export function setUpNavigation(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      if (isKnownSite(url)) void system.openExternal(url);
      return { action: 'deny' };
    });
    contents.on('will-frame-navigate', (details) => {
      if (!isOurAddress(details.url)) details.preventDefault();
    });
    contents.on('will-redirect', (details) => {
      if (!isOurAddress(details.url)) details.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
