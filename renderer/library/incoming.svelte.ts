import type { JobOptions } from '../../engine/contract.ts';
import { kindOfFile } from '../../files/mediaNames.ts';
import { bridge, BridgeFailure, sentenceOf } from '../bridge.ts';

/** A file on its way into the app. */
export type Upload = { key: number; name: string; bytes: number; sent: number; controller: AbortController };
/** A file that stayed out, and why; `text` where it is a text that can be fitted. */
export type Refused = { key: number; name: string; message: string; text: File | null };
/** A file that has a project already. */
export type Known = { key: number; name: string; projectId: string; projectName: string; mediaId: string };

/** So many go at once; the disk and the loopback are shared. */
const uploadsAtOnce = 2;

/** What a person has added and what became of it, until the queue tells of it. */
class Incoming {
  uploads = $state<Upload[]>([]);
  refused = $state.raw<readonly Refused[]>([]);
  known = $state.raw<readonly Known[]>([]);
  #nextKey = 1;
  readonly #waiting: { upload: Upload; file: File; options: JobOptions }[] = [];
  #running = 0;

  /** Adds media that the shell knows. @throws BridgeFailure */
  async add(
    media: readonly { mediaId: string; name: string }[],
    options: JobOptions = {},
    whenKnown: 'tell' | 'again' = 'tell',
  ): Promise<void> {
    if (media.length === 0) return;
    const ids = media.map(({ mediaId }) => mediaId);
    const { added } = await bridge.call('queue.add', { media: ids, options, whenKnown });
    for (const [k, outcome] of added.entries()) {
      const { name, mediaId } = media[k];
      if (outcome.outcome === 'refused') this.refuse(name, outcome.failure.message);
      else if (outcome.outcome === 'known') {
        const { projectId, name: projectName } = outcome;
        this.known = [...this.known, { key: this.#nextKey++, name, projectId, projectName, mediaId }];
      }
    }
  }

  /** Uploads files, each of which joins the queue when it has come. */
  upload(files: readonly File[], options: JobOptions = {}): void {
    for (const file of files) {
      const controller = new AbortController();
      this.uploads.push({ key: this.#nextKey++, name: file.name, bytes: file.size, sent: 0, controller });
      this.#waiting.push({ upload: this.uploads.at(-1)!, file, options });
    }
    this.#goOn();
  }

  refuse(name: string, message: string, text: File | null = null): void {
    this.refused = [...this.refused, { key: this.#nextKey++, name, message, text }];
  }

  dismiss(key: number): void {
    this.refused = this.refused.filter((one) => one.key !== key);
    this.known = this.known.filter((one) => one.key !== key);
  }

  dismissRefused(): void {
    this.refused = [];
  }

  #goOn(): void {
    while (this.#running < uploadsAtOnce && this.#waiting.length > 0) {
      const next = this.#waiting.shift()!;
      this.#running += 1;
      void this.#send(next).finally(() => {
        this.#running -= 1;
        this.uploads = this.uploads.filter(({ key }) => key !== next.upload.key);
        this.#goOn();
      });
    }
  }

  async #send({ upload, file, options }: { upload: Upload; file: File; options: JobOptions }): Promise<void> {
    try {
      const { signal } = upload.controller;
      const { mediaId } = await bridge.upload(file, { signal, onProgress: (sent) => (upload.sent = sent) });
      await this.add([{ mediaId, name: file.name }], options);
    } catch (cause) {
      const isWished = cause instanceof BridgeFailure && cause.code === 'cancelled';
      if (!isWished) this.refuse(file.name, sentenceOf(cause));
    }
  }
}

export const incoming = new Incoming();

/** Whether a file's name is that of a recording. */
export function isRecording(name: string): boolean {
  return kindOf(name) === 'media';
}

/** Whether a file's name is that of a text with times, or without. */
export function isText({ name }: { name: string }): boolean {
  return kindOf(name) === 'transcript';
}

const sounds =
  /\.(?:aac|ac3|aiff?|amr|caf|dts|eac3|flac|m4[ab]|mka|mp[23]|og[ag]|opus|ra|spx|tta|wav|weba|wma|wv)$/i;

/** Whether a recording's name is that of sound without a picture. */
export function isSound(name: string): boolean {
  return sounds.test(name);
}

/** What a file is by its name. */
export function kindOf(name: string): ReturnType<typeof kindOfFile> {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? kindOfFile(name.slice(dot)) : 'other';
}
