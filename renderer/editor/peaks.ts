import type { Bridge } from '../bridgeClient.ts';

/** Peaks of a chunk, and how many of 10 ms each one stands for. */
export const peakMs = 10;
const chunkPeaks = 2_048;

/** The smallest power of two of peaks that still gives a peak for each pixel. */
export function foldFor(msPerPixel: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, msPerPixel / peakMs))));
}

/** The outline of the sound, fetched piece by piece as it is looked at. */
export class Peaks {
  readonly #bridge: Pick<Bridge, 'call'>;
  readonly #projectId: string;
  readonly #onArrive: () => void;
  readonly #chunks = new Map<string, Uint8Array | 'asked'>();

  constructor(bridge: Pick<Bridge, 'call'>, projectId: string, onArrive: () => void) {
    this.#bridge = bridge;
    this.#projectId = projectId;
    this.#onArrive = onArrive;
  }

  /**
   * The largest peak in a stretch, 0..255; undefined where it is not known (yet). What is missing is asked for.
   *
   * @param fold see `foldFor`
   */
  loudest(startMs: number, endMs: number, fold: number): number | undefined {
    const first = Math.floor(startMs / peakMs / fold);
    const last = Math.max(first, Math.ceil(endMs / peakMs / fold) - 1);
    let loudest: number | undefined;
    for (let k = first; k <= last; k++) {
      const chunk = this.#chunk(Math.floor(k / chunkPeaks), fold);
      const peak = chunk?.[k % chunkPeaks];
      if (peak !== undefined && (loudest === undefined || peak > loudest)) loudest = peak;
    }
    return loudest;
  }

  /** Chunks that were not full are asked for again: more has been heard. */
  grow(): void {
    for (const [key, chunk] of this.#chunks) {
      if (chunk !== 'asked' && chunk.length < chunkPeaks) this.#chunks.delete(key);
    }
  }

  #chunk(place: number, fold: number): Uint8Array | undefined {
    const key = `${fold}/${place}`;
    const known = this.#chunks.get(key);
    if (known !== undefined) return known === 'asked' ? undefined : known;
    this.#chunks.set(key, 'asked');
    const first = place * chunkPeaks * fold;
    this.#bridge
      .call('project.peaks', { projectId: this.#projectId, first, count: chunkPeaks, fold })
      .then((peaks) => {
        this.#chunks.set(key, peaks);
        this.#onArrive();
      })
      .catch(() => this.#chunks.delete(key));
    return undefined;
  }
}
