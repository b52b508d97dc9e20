import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron';
import type { z } from 'zod';
import type { Log } from '../files/log.ts';
import { isOurAddress } from './address.ts';

/** From then on a page that sends nonsense is not told of in the log any more. */
const toldAtMost = 20;

/**
 * The one way by which pages reach the shell: a message counts only from the main frame of one of our windows while
 * it shows our page, and only if it is what its channel carries. Everything else is logged and comes to nothing.
 */
export class IpcGateway {
  readonly #isOurs: (contents: WebContents) => boolean;
  readonly #log: Log;
  #refused = 0;

  constructor(isOurs: (contents: WebContents) => boolean, log: Log) {
    this.#isOurs = isOurs;
    this.#log = log;
  }

  on<T>(channel: string, schema: z.ZodType<T>, listener: (payload: T, page: WebContents) => void): void {
    ipcMain.on(channel, (event, ...args) => {
      const payload = this.#checked(channel, schema, event, args);
      if (payload) listener(payload.data, event.sender);
    });
  }

  handle<T, R>(channel: string, schema: z.ZodType<T>, answer: (payload: T) => Promise<R>): void {
    ipcMain.handle(channel, async (event, ...args) => {
      const payload = this.#checked(channel, schema, event, args);
      if (!payload) throw new Error('Refused.');
      return answer(payload.data);
    });
  }

  #checked<T>(
    channel: string,
    schema: z.ZodType<T>,
    { sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent,
    args: unknown[],
  ): { data: T } | undefined {
    // A frame that has gone meanwhile is null; the main one is in no other.
    const isFromPage =
      senderFrame !== null &&
      senderFrame.parent === null &&
      this.#isOurs(sender) &&
      isOurAddress(senderFrame.url);
    if (!isFromPage) return this.#refuse(channel, 'it came from no page of ours');
    const payload = schema.safeParse(args[0]);
    if (args.length > 1 || !payload.success) return this.#refuse(channel, 'it was malformed');
    return { data: payload.data };
  }

  #refuse(channel: string, why: string): undefined {
    this.#refused += 1;
    if (this.#refused <= toldAtMost) this.#log('a message of a page was refused', { channel, why });
  }
}
