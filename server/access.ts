import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may ask: a browser of this machine that has the token, on a page of ours. */
export type Access = {
  /** The names under which a browser may ask for us; anything else is another site's name that leads here. */
  hosts: ReadonlySet<string>;
  origins: ReadonlySet<string>;
  cookieName: string;
  token: string;
};

/** @param port cookies know no ports, so each server's cookie has its own name */
export function accessFor(port: number, token: string): Access {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  return {
    hosts: new Set(hosts),
    origins: new Set(hosts.map((host) => `http://${host}`)),
    cookieName: `sewscribe-${port}`,
    token,
  };
}

/** Whether a request names us and comes from no other site. Pages of other sites can make a browser ask, but not lie about it. */
export function isFromUs(access: Access, { headers }: IncomingMessage, needsOrigin: boolean): boolean {
  const site = headers['sec-fetch-site'];
  return (
    access.hosts.has(headers.host ?? '') &&
    (headers.origin === undefined ? !needsOrigin : access.origins.has(headers.origin)) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}

/** Whether it has the cookie. */
export function hasToken(access: Access, { headers }: IncomingMessage): boolean {
  return (headers.cookie ?? '').split(';').some((pair) => {
    const [name, value = ''] = pair.trim().split('=');
    return name === access.cookieName && isToken(access, value);
  });
}

export function isToken({ token }: Access, given: string): boolean {
  const [a, b] = [Buffer.from(token), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The cookie is gone with the browser, hidden from scripts, and never sent from another site's page. */
export function cookieOf({ cookieName, token }: Access): string {
  return `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`;
}
