import { pagePaths } from '../../engine/contract.ts';

/**
 * The sound of a file that a browser cannot play, as a stream that the shell makes of it. It begins at any place of
 * the file; what it has brought can be sought in, and for the rest another one begins there.
 */
export class ProxySound {
  readonly element = new Audio();
  readonly #mediaId: string;
  readonly #track: number | null;
  #fromMs = 0;

  /** @param track null: the one that players take */
  constructor(mediaId: string, track: number | null, fromMs: number) {
    this.#mediaId = mediaId;
    this.#track = track;
    this.#begin(fromMs);
  }

  /** On the media's clock. */
  get nowMs(): number {
    return this.#fromMs + this.element.currentTime * 1000;
  }

  /** Whether it sounds, rather than waiting for what the stream brings. */
  get sounds(): boolean {
    return !this.element.paused && this.element.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  /** @returns whether another stream began, which has to be played anew */
  seek(ms: number): boolean {
    const inStream = (ms - this.#fromMs) / 1000;
    // Once a stream has come to its end, Chromium would seek to its beginning alone.
    if (isIn(this.element.buffered, inStream) && isIn(this.element.seekable, inStream)) {
      this.element.currentTime = inStream;
      return false;
    }
    this.#begin(ms);
    return true;
  }

  /** Ends the stream, and what makes it. */
  close(): void {
    this.element.pause();
    this.element.removeAttribute('src');
    this.element.load();
  }

  #begin(fromMs: number): void {
    this.#fromMs = fromMs;
    this.element.src = pagePaths.proxy(this.#mediaId, { fromMs, track: this.#track });
  }
}

function isIn(ranges: TimeRanges, seconds: number): boolean {
  return Array.from({ length: ranges.length }).some(
    (_, k) => ranges.start(k) <= seconds && seconds <= ranges.end(k),
  );
}
