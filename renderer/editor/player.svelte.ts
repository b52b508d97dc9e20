import { pagePaths } from '../../engine/contract.ts';

/** Beyond this the picture is set to the sound's time again. */
const driftMs = 120;

/**
 * The film or sound beside the text. Where a browser cannot play a file's sound, the shell makes a stream of it
 * (the proxy), which begins at any place but cannot be sought in; a picture that can be shown follows it silently.
 */
export class Player {
  /** Reactive. */
  isPlaying = $state(false);
  rate = $state(1);
  /** A stretch that is played again and again, or null. */
  loop = $state.raw<{ startMs: number; endMs: number } | null>(null);
  usesProxy = $state(false);
  /** Neither the file nor its proxy can be played. */
  hasFailed = $state(false);
  isWaiting = $state(false);
  /** The time for a clock, ten times a second. */
  shownMs = $state(0);
  hasPicture = $state(false);

  #mediaId: string | null = null;
  #durationMs = 0;
  #element: HTMLVideoElement | null = null;
  #sound: HTMLAudioElement | null = null;
  #proxyFromMs = 0;
  #wishedMs: number | null = null;
  #stopAtMs: number | null = null;
  #frame = 0;
  #leftAtMs = 0;
  readonly #listeners = new Set<(ms: number) => void>();

  /** The medium to play; null where it is not there. */
  setMedia(mediaId: string | null, durationMs: number): void {
    this.#durationMs = durationMs;
    if (mediaId === this.#mediaId) return;
    this.#mediaId = mediaId;
    this.usesProxy = false;
    this.hasFailed = false;
    this.#load();
  }

  /** For `{@attach}`: the element that shows the picture and, without a proxy, plays the sound. */
  attach = (element: HTMLVideoElement) => {
    this.#element = element;
    this.#load();
    this.isPlaying = false;
    if (this.#leftAtMs > 0 && this.#mediaId !== null) this.seek(this.#leftAtMs);
    const stops = [
      this.#hear(element, 'error', () => this.#useProxy()),
      this.#hear(element, 'loadedmetadata', () => (this.hasPicture = element.videoWidth > 0)),
      this.#hear(element, 'timeupdate', () => this.#lookForSound()),
      ...this.#follow(element, () => !this.usesProxy),
    ];
    return () => {
      // Where another view shows the film next, it goes on from here.
      this.#leftAtMs = this.nowMs;
      stops.forEach((stop) => stop());
      cancelAnimationFrame(this.#frame);
      element.removeAttribute('src');
      this.#sound?.pause();
      this.#sound = null;
      this.#element = null;
    };
  };

  /** Where it is, in ms on the media's clock. */
  get nowMs(): number {
    if (this.#wishedMs !== null) return this.#wishedMs;
    if (this.usesProxy) return this.#proxyFromMs + (this.#sound?.currentTime ?? 0) * 1000;
    return (this.#element?.currentTime ?? 0) * 1000;
  }

  /** Hears each frame while it plays, and each jump. @returns what ends the listening */
  onTime(listener: (ms: number) => void): () => void {
    this.#listeners.add(listener);
    listener(this.nowMs);
    return () => this.#listeners.delete(listener);
  }

  async play(fromMs?: number): Promise<void> {
    if (fromMs !== undefined) this.seek(fromMs);
    this.#stopAtMs = null;
    await this.#master?.play().catch(() => undefined);
  }

  pause(): void {
    this.#master?.pause();
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else void this.play();
  }

  /** Plays a stretch once, as to hear a word. */
  async playOnce(startMs: number, endMs: number): Promise<void> {
    await this.play(startMs);
    this.#stopAtMs = endMs;
  }

  seek(ms: number): void {
    const target = Math.min(Math.max(0, ms), this.#durationMs || Number.MAX_SAFE_INTEGER);
    if (this.usesProxy) this.#seekProxy(target);
    else if (this.#element) this.#seekElement(this.#element, target);
    this.#tell();
  }

  step(ms: number): void {
    this.seek(this.nowMs + ms);
  }

  setRate(rate: number): void {
    this.rate = Math.round(Math.min(2, Math.max(0.5, rate)) * 100) / 100;
    for (const element of [this.#element, this.#sound]) {
      if (element) this.#setRate(element);
    }
  }

  get #master(): HTMLMediaElement | null {
    return this.usesProxy ? this.#sound : this.#element;
  }

  #load(): void {
    if (!this.#element) return;
    this.#wishedMs = null;
    if (this.#mediaId === null) {
      this.#element.removeAttribute('src');
      return;
    }
    this.#element.muted = false;
    this.#element.src = pagePaths.media(this.#mediaId);
    this.#setRate(this.#element);
  }

  #setRate(element: HTMLMediaElement): void {
    element.preservesPitch = true;
    element.defaultPlaybackRate = this.rate;
    element.playbackRate = this.rate;
  }

  #seekElement(element: HTMLMediaElement, ms: number): void {
    if (element.readyState === 0) {
      this.#wishedMs = ms;
      element.addEventListener(
        'loadedmetadata',
        () => {
          element.currentTime = (this.#wishedMs ?? ms) / 1000;
          this.#wishedMs = null;
        },
        { once: true },
      );
      return;
    }
    element.currentTime = ms / 1000;
  }

  /** What the stream has brought already is sought in; for the rest another one begins there. */
  #seekProxy(ms: number): void {
    const sound = this.#sound;
    if (!sound || this.#mediaId === null) return;
    const inStream = (ms - this.#proxyFromMs) / 1000;
    const isThere = Array.from({ length: sound.buffered.length }).some(
      (_, k) => sound.buffered.start(k) <= inStream && inStream < sound.buffered.end(k),
    );
    if (isThere && sound.seekable.length > 0) {
      sound.currentTime = inStream;
    } else {
      const wasPlaying = !sound.paused;
      this.#proxyFromMs = ms;
      sound.src = pagePaths.proxy(this.#mediaId, ms);
      this.#setRate(sound);
      if (wasPlaying) void sound.play().catch(() => undefined);
    }
    this.#setPicture(ms);
  }

  #useProxy(): void {
    if (this.#mediaId === null || this.usesProxy) return;
    const fromMs = this.nowMs;
    const wasPlaying = this.isPlaying;
    this.usesProxy = true;
    this.#wishedMs = null;
    const sound = new Audio();
    this.#sound = sound;
    this.#hear(sound, 'error', () => {
      if (sound.src) this.hasFailed = true;
    });
    this.#follow(sound, () => this.usesProxy);
    if (this.#element) this.#element.muted = true;
    this.#proxyFromMs = fromMs;
    sound.src = pagePaths.proxy(this.#mediaId, fromMs);
    this.#setRate(sound);
    if (wasPlaying) void sound.play().catch(() => undefined);
  }

  /** A browser shows a film also where it cannot read its sound, and says nothing. */
  #lookForSound(): void {
    const element = this.#element as (HTMLVideoElement & { webkitAudioDecodedByteCount?: number }) | null;
    if (!element || this.usesProxy || element.currentTime < 0.7 || element.paused) return;
    if (element.webkitAudioDecodedByteCount === 0) this.#useProxy();
  }

  #setPicture(ms: number): void {
    const picture = this.#element;
    if (!picture || picture.videoWidth === 0) return;
    if (Math.abs(picture.currentTime * 1000 - ms) > driftMs) picture.currentTime = ms / 1000;
    if (picture.paused === this.isPlaying) {
      if (this.isPlaying) void picture.play().catch(() => undefined);
      else picture.pause();
    }
  }

  #follow(element: HTMLMediaElement, counts: () => boolean): (() => void)[] {
    const on = (event: string, what: () => void) => this.#hear(element, event, () => counts() && what());
    return [
      on('play', () => {
        this.isPlaying = true;
        this.#run();
      }),
      on('pause', () => {
        this.isPlaying = false;
        this.#tell();
      }),
      on('ended', () => (this.isPlaying = false)),
      on('waiting', () => (this.isWaiting = true)),
      on('playing', () => (this.isWaiting = false)),
      on('seeked', () => this.#tell()),
      on('loadedmetadata', () => this.#tell()),
    ];
  }

  #hear(element: HTMLElement, event: string, what: () => void): () => void {
    element.addEventListener(event, what);
    return () => element.removeEventListener(event, what);
  }

  #run(): void {
    cancelAnimationFrame(this.#frame);
    const next = () => {
      this.#tell();
      if (this.isPlaying) this.#frame = requestAnimationFrame(next);
    };
    this.#frame = requestAnimationFrame(next);
  }

  #tell(): void {
    const ms = this.nowMs;
    const { loop } = this;
    if (this.isPlaying && loop && (ms >= loop.endMs || ms < loop.startMs - 1000)) {
      this.seek(loop.startMs);
      return;
    }
    if (this.isPlaying && this.#stopAtMs !== null && ms >= this.#stopAtMs) {
      this.#stopAtMs = null;
      this.pause();
    }
    if (this.usesProxy) this.#setPicture(ms);
    if (Math.floor(ms / 100) !== Math.floor(this.shownMs / 100)) this.shownMs = ms;
    this.#listeners.forEach((listener) => listener(ms));
  }
}
