import { app, protocol, session, shell as system } from 'electron';
import { isKnownSite, isOurAddress, isPermitted, networkAddresses, scheme } from './address.ts';

/** Has to come before the app is ready. */
export function setUpScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
}

/** Permissions are refused but for a few, to our page alone; no page reaches a network. */
export function setUpPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isPermitted(permission, requestingUrl)),
  );
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) =>
    isPermitted(permission, origin.replace(/\/$/, '')),
  );
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.webRequest.onBeforeRequest({ urls: networkAddresses }, (_request, answer) =>
    answer({ cancel: true }),
  );
}

/** No window leads anywhere but to our page, and none opens another. */
export function setUpNavigation(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      // Where there is no browser there is nothing to be done.
      if (isKnownSite(url)) system.openExternal(url).catch(() => undefined);
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
