import type { BrowserContext } from 'playwright-core';

/** Up to so many milliseconds later than on this machine a page hears from its shell; unset: at once. */
export const lateVariable = 'SEWSCRIBE_TEST_LATE_MS';

/**
 * Lets pages of a context hear each message of their shell a random while later, in order: a busy machine, and with it
 * whatever takes for granted that the page knows what the engine knows.
 */
export async function hearLate(context: BrowserContext, upToMs: number): Promise<void> {
  await context.addInitScript((longestMs) => {
    const handler = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage')!;
    Object.defineProperty(WebSocket.prototype, 'onmessage', {
      ...handler,
      set(this: WebSocket, hear: (event: MessageEvent) => void) {
        const coming: MessageEvent[] = [];
        let lastMs = 0;
        handler.set!.call(this, (event: MessageEvent) => {
          coming.push(event);
          const nowMs = performance.now();
          lastMs = Math.max(lastMs, nowMs + Math.random() * longestMs);
          // Timers of one moment may ring in another order.
          setTimeout(() => hear(coming.shift()!), lastMs - nowMs);
        });
      },
    });
  }, upToMs);
}
