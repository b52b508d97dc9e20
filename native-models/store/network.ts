import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';

/**
 * Requests as a careful client makes them: through the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY,
 * NO_PROXY), redirected a few times and never from https to http, and with every failure put into one kind and one
 * sentence. Certificates are checked as Node does it, with those of NODE_EXTRA_CA_CERTS.
 */

/** Why nothing usable came. `temporary`: the same request may well succeed in a moment. */
export class NetworkProblem extends Error {
  override name = 'NetworkProblem';
  readonly status: number | undefined;
  readonly temporary: boolean;
  /** What the server asked to wait (Retry-After). */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    details: { status?: number; temporary?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.status = details.status;
    this.temporary = details.temporary ?? false;
    this.retryAfterMs = details.retryAfterMs;
  }
}

export type NetworkOptions = {
  signal?: AbortSignal;
  /** Given up after this long without a byte. */
  stallTimeoutMs?: number;
};

export type Answer = {
  /** Where the answer came from, after redirects. */
  url: URL;
  status: number;
  /** Names in lower case; with them what redirects before it said of the file itself (`x-linked-…`). */
  headers: Record<string, string>;
  body: Dispatcher.ResponseData['body'];
};

export const usualStallTimeoutMs = 30_000;
const mostRedirects = 6;

let agent: EnvHttpProxyAgent | undefined;

/**
 * GET, with redirects followed. The caller reads the body or destroys it.
 * @throws NetworkProblem where no answer came; the signal's reason when it is aborted
 */
export async function get(
  address: URL,
  headers: Record<string, string>,
  options: NetworkOptions = {},
): Promise<Answer> {
  agent ??= makeAgent();
  const timeoutMs = options.stallTimeoutMs ?? usualStallTimeoutMs;
  const linked: Record<string, string> = {};
  let url = address;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    let response: Dispatcher.ResponseData;
    try {
      response = await request(url, {
        dispatcher: agent,
        headers: { 'user-agent': 'sewscribe', 'accept-encoding': 'identity', ...headers },
        signal: options.signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
    } catch (cause) {
      options.signal?.throwIfAborted();
      throw problemOf(cause, url);
    }
    const own = plainHeaders(response.headers);
    const { location } = own;
    if (response.statusCode < 300 || response.statusCode > 399 || response.statusCode === 304 || !location) {
      return { url, status: response.statusCode, headers: { ...linked, ...own }, body: response.body };
    }
    discard(response.body);
    for (const name of ['x-linked-size', 'x-linked-etag']) if (own[name]) linked[name] = own[name];
    url = redirected(url, location);
  }
  throw new NetworkProblem(`${address.host} only sends from one address to the next and never to a file`);
}

function makeAgent(): EnvHttpProxyAgent {
  try {
    return new EnvHttpProxyAgent({ connectTimeout: 20_000 });
  } catch (cause) {
    throw new NetworkProblem(
      'the proxy that HTTPS_PROXY or HTTP_PROXY names is no address such as http://host:port',
      { cause },
    );
  }
}

/** Where a redirect leads, if it may be followed. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (!to || !['http:', 'https:'].includes(to.protocol)) {
    throw new NetworkProblem(`${from.host} sends to "${location.slice(0, 100)}", which is no web address`);
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new NetworkProblem(`${from.host} sends on to ${to.host} without encryption, which is not followed`);
  }
  return to;
}

/** Gives the connection up, or back where the rest is short. */
export function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => undefined);
  body.destroy();
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value[0] : value]],
    ),
  );
}

/** What a status says where a file or a description was asked for. */
export function statusProblem({ url, status, headers }: Answer): NetworkProblem {
  const retryAfterMs = Number(headers['retry-after']) * 1000 || undefined;
  const temporary = status === 408 || status === 429 || status >= 500;
  const meanings: Record<number, string> = {
    401: `${url.host} gives it only to people who are signed in`,
    403: `${url.host} refuses access (403)`,
    404: `${url.host} does not have it (404)`,
    407: 'the proxy asks for a name and password (407); give them in HTTPS_PROXY',
    429: `${url.host} has had too many requests for now (429)`,
  };
  const meaning = meanings[status] ?? `${url.host} answered with the status ${status}`;
  return new NetworkProblem(meaning, { status, temporary, retryAfterMs });
}

/** What stands between where a page came in place of a file. */
export function webPageProblem({ url }: Answer): NetworkProblem {
  return new NetworkProblem(
    `a web page came from ${url.host} in place of the file, as a proxy or a login page sends it`,
  );
}

export function isWebPage({ headers }: Answer): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '');
}

/** A thrown error of the connection as a sentence's beginning, and whether it may pass. */
export function problemOf(cause: unknown, url: URL): NetworkProblem {
  if (cause instanceof NetworkProblem) return cause;
  const codes = codesOf(cause);
  const has = (pattern: RegExp) => codes.some((code) => pattern.test(code));
  const temporary = (message: string) => new NetworkProblem(message, { temporary: true, cause });
  if (has(/SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/)) {
    return new NetworkProblem(
      `the certificate of ${url.host} is signed by nobody that this computer trusts (an office network's own authority is named by NODE_EXTRA_CA_CERTS)`,
      { cause },
    );
  }
  if (has(/^CERT_|ERR_TLS|ERR_SSL|EPROTO/)) {
    return new NetworkProblem(`no secure connection to ${url.host} was possible (${codes[0]})`, { cause });
  }
  if (has(/ENOTFOUND|EAI_AGAIN/)) return temporary(`the network does not know ${url.hostname} (is it down?)`);
  if (has(/ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL/)) {
    return temporary(`${url.host} cannot be reached`);
  }
  if (has(/TIMEOUT|ETIMEDOUT/)) return temporary(`${url.host} has stopped sending`);
  const proxyStatus = /Proxy response \((\d+)\)/.exec(messagesOf(cause))?.[1];
  if (proxyStatus) {
    return new NetworkProblem(`the proxy does not let through to ${url.host} (${proxyStatus})`, { cause });
  }
  return temporary(`the connection to ${url.host} broke off`);
}

function codesOf(cause: unknown): string[] {
  if (!(cause instanceof Error)) return [];
  const { code } = cause as NodeJS.ErrnoException;
  const inner = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause.cause];
  return [...(code ? [code] : []), ...inner.flatMap(codesOf)];
}

function messagesOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.message} ${messagesOf(cause.cause)}` : '';
}
