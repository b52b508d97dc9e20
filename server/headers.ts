import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { textAnswer, type Answer } from '../host/answers.ts';
import { safeHeaders } from '../host/safeHeaders.ts';

/** On every answer. */
export function setSafeHeaders(response: ServerResponse, hosts: Iterable<string>): void {
  const sockets = [...hosts].map((host) => `ws://${host}`);
  for (const [name, value] of Object.entries(safeHeaders(sockets))) response.setHeader(name, value);
}

/** Sends an answer, whose stream ends with the browser's interest. */
export async function send(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body instanceof Readable) await pipeline(body, response);
  else response.end(body);
}

/** An answer of a line of text, or of nothing. */
export function answer(response: ServerResponse, status: number, text = ''): void {
  if (response.headersSent) response.destroy();
  else void send(response, textAnswer(status, text));
}
