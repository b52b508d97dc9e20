import { matchesOf } from './matching.ts';

/** Nothing but matching, so that it can be ended at any time. */
addEventListener('message', ({ data }: MessageEvent<{ text: string; expression: RegExp }>) => {
  postMessage(matchesOf(data.text, data.expression));
});
