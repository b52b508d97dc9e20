const pauseMs = 250;

/** A value that is computed anew some time after what it is made of has changed, and not at each change. */
export class Later<T> {
  value = $state.raw() as T;
  readonly #compute: () => T;
  #made: unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(compute: () => T) {
    this.#compute = compute;
    this.value = compute();
  }

  /** For an effect: computes anew where it was made of something else. */
  follow(source: unknown): () => void {
    if (source !== this.#made) {
      this.#timer = setTimeout(() => {
        this.#made = source;
        this.value = this.#compute();
      }, pauseMs);
    }
    return () => clearTimeout(this.#timer);
  }
}
