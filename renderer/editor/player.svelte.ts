import { untrack } from 'svelte';
import { pagePaths } from '../../engine/contract.ts';
import { ProxySound } from './proxySound.ts';

/** Beyond this the picture is set to the sound's time again. */
const driftMs = 120;
/** The one that a browser plays. */
const firstTrack = 1;
/** By more than this, and a hundredth, no header is wrong about a file's length by rounding. */
const lengthDriftMs = 2_000;

export type PlayedMedia = {
  /** Null where it is not there. */
  mediaId: string | null;
  /** The audio track to hear, 1 is the first; null: the one that players take. */
  track: number | null;
  durationMs: number;
  /** Whether this browser would miss the places in it. */
  isGuessed: boolean;
};

/**
 * The film or sound beside the text. Where a browser cannot play a file's sound, the shell makes a stream of it
 * (the proxy); a picture that can be shown follows it silently. What a person wishes (to play, a place) is kept until
 * it can be done: they may press before the file is read, or while it turns out that it cannot be played.
 */
export class Player {
  /** Reactive. What a person wishes: it may still be waiting for what it plays. */
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
  #track: number | null = null;
  #durationMs = 0;
  #isGuessed = false;
  #element: HTMLVideoElement | null = null;
  #proxy: ProxySound | null = null;
  #wishedMs: number | null = null;
  #stopAtMs: number | null = null;
  #frame = 0;
  #leftAtMs = 0;
  readonly #listeners = new Set<(ms: number) => void>();

  /** The medium to play. */
  setMedia({ mediaId, track, durationMs, isGuessed }: PlayedMedia): void {
    this.#durationMs = durationMs;
    this.#isGuessed = isGuessed;
    // Which track is heard may be known only when the job that hears it has looked into the file.
    const isSame = mediaId === this.#mediaId && (track ?? firstTrack) === (this.#track ?? firstTrack);
    this.#track = track;
    if (isSame) return untrack(() => this.#lookAtLength());
    const atMs = this.nowMs;
    this.#mediaId = mediaId;
    this.#loadAnew(atMs);
  }

  /** For `{@attach}`: the element that shows the picture and, without a proxy, plays the sound. */
  attach = (element: HTMLVideoElement) =>
    // Else a change of the speed would be a reason to attach it anew.
    untrack(() => {
      this.#element = element;
      const stops = [
        this.#hear(element, 'error', () => this.#useProxy()),
        this.#hear(element, 'loadedmetadata', () => this.#pictureCame(element)),
        this.#hear(element, 'timeupdate', () => this.#lookForSound()),
        ...this.#follow(element, () => !this.usesProxy),
      ];
      this.#load(this.#leftAtMs);
      return () => {
        // Where another view shows the film next, it goes on from here.
        this.#leftAtMs = this.nowMs;
        this.isPlaying = false;
        stops.forEach((stop) => stop());
        cancelAnimationFrame(this.#frame);
        element.removeAttribute('src');
        this.#closeProxy();
        this.#element = null;
      };
    });

  /** Where it is, in ms on the media's clock. */
  get nowMs(): number {
    if (this.#wishedMs !== null) return this.#wishedMs;
    if (this.#proxy) return this.#proxy.nowMs;
    return (this.#element?.currentTime ?? 0) * 1000;
  }

  /** Hears each frame while it plays, and each jump. @returns what ends the listening */
  onTime(listener: (ms: number) => void): () => void {
    this.#listeners.add(listener);
    listener(this.nowMs);
    return () => this.#listeners.delete(listener);
  }

  /** Plays as soon as it can; what could not be played is tried again. */
  async play(fromMs?: number): Promise<void> {
    if (this.#mediaId === null) return;
    if (this.hasFailed) this.#loadAnew(this.nowMs);
    if (fromMs !== undefined) this.seek(fromMs);
    this.#stopAtMs = null;
    this.isPlaying = true;
    await this.#start();
  }

  pause(): void {
    this.isPlaying = false;
    this.#master?.pause();
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else void this.play();
  }

  /** Plays a stretch once, as to hear a word. */
  async playOnce(startMs: number, endMs: number): Promise<void> {
    const playing = this.play(startMs);
    this.#stopAtMs = endMs;
    await playing;
  }

  seek(ms: number): void {
    const target = Math.min(Math.max(0, ms), this.#durationMs || Number.MAX_SAFE_INTEGER);
    if (this.#proxy) this.#seekProxy(this.#proxy, target);
    else if (this.#element) this.#seekElement(this.#element, target);
    this.#tell();
  }

  step(ms: number): void {
    this.seek(this.nowMs + ms);
  }

  setRate(rate: number): void {
    this.rate = Math.round(Math.min(2, Math.max(0.5, rate)) * 100) / 100;
    for (const element of [this.#element, this.#proxy?.element]) {
      if (element) this.#setRate(element);
    }
  }

  get #master(): HTMLMediaElement | null {
    return this.#proxy?.element ?? this.#element;
  }

  async #start(): Promise<void> {
    await this.#master?.play().catch((cause: unknown) => {
      // Otherwise what it plays has changed, or is about to: it is started again there.
      if (cause instanceof DOMException && cause.name === 'NotAllowedError') this.isPlaying = false;
    });
  }

  #loadAnew(atMs: number): void {
    this.#closeProxy();
    this.usesProxy = this.#isGuessed || (this.#track ?? firstTrack) !== firstTrack;
    this.hasFailed = false;
    this.#load(atMs);
  }

  #load(atMs: number): void {
    const element = this.#element;
    if (!element) return;
    this.#wishedMs = null;
    if (this.#mediaId === null) {
      this.isPlaying = false;
      element.removeAttribute('src');
      return;
    }
    element.muted = this.usesProxy;
    element.src = pagePaths.media(this.#mediaId);
    this.#setRate(element);
    if (this.usesProxy) this.#openProxy(this.#mediaId, atMs);
    else if (atMs > 0) this.seek(atMs);
    if (this.isPlaying) void this.#start();
  }

  #setRate(element: HTMLMediaElement): void {
    element.preservesPitch = true;
    element.defaultPlaybackRate = this.rate;
    element.playbackRate = this.rate;
  }

  #seekElement(element: HTMLMediaElement, ms: number): void {
    if (element.readyState === HTMLMediaElement.HAVE_NOTHING) this.#wishedMs = ms;
    else element.currentTime = ms / 1000;
  }

  #pictureCame(element: HTMLVideoElement): void {
    this.hasPicture = element.videoWidth > 0;
    this.#lookAtLength();
    if (this.#proxy) this.#setPicture(this.#proxy);
    else if (this.#wishedMs !== null) element.currentTime = this.#wishedMs / 1000;
    this.#wishedMs = null;
  }

  #seekProxy(proxy: ProxySound, ms: number): void {
    if (proxy.seek(ms) && this.isPlaying) void this.#start();
    this.#setPicture(proxy);
  }

  #useProxy(): void {
    if (this.#mediaId === null || this.usesProxy) return;
    const fromMs = this.nowMs;
    this.usesProxy = true;
    this.#wishedMs = null;
    if (this.#element) this.#element.muted = true;
    this.#openProxy(this.#mediaId, fromMs);
    if (this.isPlaying) void this.#start();
  }

  #openProxy(mediaId: string, fromMs: number): void {
    const proxy = new ProxySound(mediaId, this.#track, fromMs);
    this.#proxy = proxy;
    const isShown = () => this.#proxy === proxy;
    this.#hear(proxy.element, 'error', () => {
      if (!isShown()) return;
      this.hasFailed = true;
      this.isPlaying = false;
    });
    this.#follow(proxy.element, isShown);
    this.#setRate(proxy.element);
  }

  #closeProxy(): void {
    const proxy = this.#proxy;
    this.#proxy = null;
    proxy?.close();
  }

  /** A browser reckons the places of a sound from the length that its header tells: where that is wrong, they are too. */
  #lookAtLength(): void {
    const element = this.#element;
    const isKnown = element && element.readyState > HTMLMediaElement.HAVE_NOTHING && this.#durationMs > 0;
    if (!isKnown || this.usesProxy || element.videoWidth > 0) return;
    const apartMs = Math.abs(element.duration * 1000 - this.#durationMs);
    // Of a recording that was broken off a browser knows no length, and looks for places as it must.
    if (Number.isFinite(apartMs) && apartMs > Math.max(lengthDriftMs, this.#durationMs / 100))
      this.#useProxy();
  }

  /** A browser shows a film also where it cannot read its sound, and says nothing. */
  #lookForSound(): void {
    const element = this.#element as (HTMLVideoElement & { webkitAudioDecodedByteCount?: number }) | null;
    if (!element || this.usesProxy || element.currentTime < 0.7 || element.paused) return;
    if (element.webkitAudioDecodedByteCount === 0) this.#useProxy();
  }

  #setPicture(proxy: ProxySound): void {
    const picture = this.#element;
    if (!picture || picture.videoWidth === 0) return;
    if (Math.abs(picture.currentTime * 1000 - proxy.nowMs) > driftMs)
      picture.currentTime = proxy.nowMs / 1000;
    if (picture.paused !== proxy.sounds) return;
    if (proxy.sounds) void picture.play().catch(() => undefined);
    else picture.pause();
  }

  #follow(element: HTMLMediaElement, counts: () => boolean): (() => void)[] {
    const on = (event: string, what: () => void) => this.#hear(element, event, () => counts() && what());
    return [
      // An event that is late tells of what is over.
      on('play', () => {
        if (!element.paused) this.isPlaying = true;
        this.#run();
      }),
      on('pause', () => {
        if (element.paused) this.isPlaying = false;
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
    if (this.#proxy) this.#setPicture(this.#proxy);
    if (Math.floor(ms / 100) !== Math.floor(this.shownMs / 100)) this.shownMs = ms;
    this.#listeners.forEach((listener) => listener(ms));
  }
}
