import { Readable } from 'node:stream';
import { protocol } from 'electron';
import type { Log } from '../files/log.ts';
import { answerFor, failureOf, textAnswer, type Answer, type AnswerParts } from '../host/answers.ts';
import type { PageFiles } from '../host/pageFiles.ts';
import { safeHeaders } from '../host/safeHeaders.ts';
import { isOurAddress, scheme } from './address.ts';
import { bodyStream } from './bodyStream.ts';

/** Serves the page, media (with Range) and exports under the page's own origin. */
export function setUpPageAddresses(page: PageFiles, parts: AnswerParts, log: Log): void {
  protocol.handle(scheme, (request) =>
    answerRequest(request, page, parts).then(toResponse, (cause: unknown) => {
      const { status, text } = failureOf(cause);
      if (status === 500) log('a request of the page failed', cause);
      return toResponse(textAnswer(status, text));
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
  const whole = body instanceof Readable ? bodyStream(body) : body;
  return new Response(whole as Body, { status, headers: { ...safeHeaders(), ...headers } });
}
