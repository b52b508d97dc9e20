import { sentenceOf } from './bridge.ts';
import { announce } from './status.svelte.ts';

/** Does something that a press of a button began; where it fails, the sentence is spoken and given to `show`. */
export function attempt(doing: Promise<unknown>, show?: (message: string) => void): void {
  doing.catch((cause: unknown) => {
    announce(sentenceOf(cause));
    show?.(sentenceOf(cause));
  });
}
