import type { Match } from './matching.ts';

/** Longer than any honest expression needs for a text of 80,000 words. */
const limitMs = 2_000;

let idle: Worker | undefined;

/**
 * Matches in a thread of its own, so that the page stays alive whatever the expression is.
 *
 * @param signal ends it
 * @returns null where it took too long, or was ended
 */
export function matchInWorker(
  text: string,
  expression: RegExp,
  signal: AbortSignal,
): Promise<Match[] | null> {
  const worker = idle ?? new Worker(new URL('./matching.worker.ts', import.meta.url), { type: 'module' });
  idle = undefined;
  return new Promise<Match[] | null>((resolve, reject) => {
    const giveUp = () => {
      worker.terminate();
      resolve(null);
    };
    const timer = setTimeout(giveUp, limitMs);
    signal.addEventListener('abort', giveUp, { once: true });
    const settled = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    };
    worker.onmessage = ({ data }: MessageEvent<Match[]>) => {
      settled();
      idle = worker;
      resolve(data);
    };
    worker.onerror = ({ message }) => {
      settled();
      worker.terminate();
      reject(new Error(message));
    };
    worker.postMessage({ text, expression });
  });
}
