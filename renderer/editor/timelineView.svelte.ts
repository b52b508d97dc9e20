/** The shortest and the longest stretch that a timeline shows across. */
const shortestMs = 2_000;

/** Which stretch of the recording the timeline shows. */
export class TimelineView {
  startMs = $state(0);
  spanMs = $state(60_000);
  durationMs = $state(0);
  /** A person has chosen how much to see. */
  #isChosen = false;

  get endMs(): number {
    return this.startMs + this.spanMs;
  }

  get #longestMs(): number {
    return Math.max(shortestMs * 2, this.durationMs);
  }

  /** 0 shows all, 10 the shortest stretch; each step is as much closer as the one before. */
  get zoom(): number {
    return 10 * (1 - Math.log(this.spanMs / shortestMs) / Math.log(this.#longestMs / shortestMs));
  }

  setZoom(zoom: number): void {
    const spanMs = shortestMs * (this.#longestMs / shortestMs) ** (1 - zoom / 10);
    this.#zoomTo(spanMs, this.startMs + this.spanMs / 2);
  }

  /** Shows more (factor over 1) or less, with a time staying where it is. */
  zoomBy(factor: number, aroundMs: number): void {
    this.#zoomTo(this.spanMs * factor, aroundMs);
  }

  #zoomTo(wishedMs: number, aroundMs: number): void {
    const spanMs = Math.min(Math.max(wishedMs, shortestMs), this.#longestMs);
    this.#isChosen = true;
    const share = (aroundMs - this.startMs) / this.spanMs;
    this.spanMs = spanMs;
    this.moveTo(aroundMs - Math.min(Math.max(share, 0), 1) * spanMs);
  }

  moveTo(startMs: number): void {
    this.startMs = Math.max(0, Math.min(startMs, this.durationMs - this.spanMs));
  }

  /** Turns a page where a time is not in sight. */
  show(ms: number): void {
    if (ms < this.startMs || ms >= this.endMs) this.moveTo(ms - this.spanMs * 0.1);
  }

  /** Another length: all of a short recording, a minute of a long one. */
  setDuration(durationMs: number): void {
    if (durationMs === this.durationMs) return;
    this.durationMs = durationMs;
    if (!this.#isChosen) this.spanMs = Math.min(Math.max(durationMs, shortestMs), 60_000);
    else this.spanMs = Math.min(this.spanMs, this.#longestMs);
    this.moveTo(this.startMs);
  }
}
