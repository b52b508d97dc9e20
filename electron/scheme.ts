import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { protocol } from 'electron';
import type { Log } from '../files/log.ts';
import { answerFor, textAnswer, type Answer, type AnswerParts } from '../host/answers.ts';
import type { PageFiles } from '../host/pageFiles.ts';
import { safeHeaders } from '../host/safeHeaders.ts';
import { isOurAddress, scheme } from './address.ts';

/** Serves the page, media (with Range) and exports under the page's own origin. */
export function setUpPageAddresses(page: PageFiles, parts: AnswerParts, log: Log): void {
  protocol.handle(scheme, (request) =>
    answerRequest(request, page, parts).then(toResponse, (cause: unknown) => {
      log('a request of the page failed', cause);
      return toResponse(textAnswer(500));
    }),
  );
}

type PageRequest = Pick<Request, 'url' | 'method'> & { headers: { get(name: string): string | null } };

/** What an address of the page is answered with. */
export async function answerRequest(
  { url: address, method, headers }: PageRequest,
  page: PageFiles,
  parts: AnswerParts,
): Promise<Answer> {
  if (!isOurAddress(address)) return textAnswer(404);
  if (method !== 'GET' && method !== 'HEAD') return textAnswer(405);
  const url = new URL(address);
  const asked = { range: headers.get('range'), isHead: method === 'HEAD' };
  return (await answerFor(url, asked, parts)) ?? (await page.answer(url.pathname)) ?? textAnswer(404);
}

type Body = ConstructorParameters<typeof Response>[0];

function toResponse({ status, headers, body }: Answer): Response {
  const stream = body instanceof Readable ? (Readable.toWeb(body) as ReadableStream<Uint8Array>) : body;
  return new Response(stream as Body, { status, headers: { ...safeHeaders(), ...headers } });
}
