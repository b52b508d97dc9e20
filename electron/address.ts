/** Where the page lives, and what it may lead to and use. */

/** The page has an origin of its own, which no site and no file on the disk shares. */
export const scheme = 'sewscribe';
export const pageOrigin = `${scheme}://app`;

/** Sites that the page links to; they open in the person's browser. */
const knownSites = new Set(['huggingface.co', 'github.com', 'onnxruntime.ai', 'ffmpeg.org']);

/** Everything beyond this machine, as Chromium's patterns: the engine alone fetches, and only models. */
export const networkAddresses = ['http', 'https', 'ws', 'wss'].map((name) => `${name}://*/*`);

/** What the page may use of the machine; reading the clipboard, places, cameras and all else it may not. */
const permitted = new Set(['clipboard-sanitized-write', 'fullscreen']);

export function isOurAddress(address: string): boolean {
  return address === pageOrigin || address.startsWith(`${pageOrigin}/`);
}

export function isKnownSite(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return (
    url?.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.port === '' &&
    knownSites.has(url.hostname)
  );
}

/**
 * Whether the page may use something.
 * @param asking the address of the frame that asks
 */
export function isPermitted(permission: string, asking: string): boolean {
  return permitted.has(permission) && isOurAddress(asking);
}
