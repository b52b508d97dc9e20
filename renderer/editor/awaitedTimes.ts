/** Words that the engine has not placed by then keep a guessed time. */
const alignWithinMs = 5_000;

/** The words whose times the engine is looking for in the sound, each for a while at most. */
export class AwaitedTimes {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #onGivenUp: () => void;
  #shown: ReadonlySet<string> = new Set();

  /** @param onGivenUp hears when a word is awaited no longer though nothing has come */
  constructor(onGivenUp: () => void) {
    this.#onGivenUp = onGivenUp;
  }

  add(wordIds: readonly string[]): void {
    for (const id of wordIds) {
      clearTimeout(this.#timers.get(id));
      const giveUp = () => {
        this.remove([id]);
        this.#onGivenUp();
      };
      this.#timers.set(id, setTimeout(giveUp, alignWithinMs));
    }
  }

  remove(wordIds: readonly string[]): void {
    for (const id of wordIds) {
      clearTimeout(this.#timers.get(id));
      this.#timers.delete(id);
    }
  }

  /** All of them and these others; the same set as before where nothing is different. */
  with(others: Iterable<string>): ReadonlySet<string> {
    const ids = new Set([...this.#timers.keys(), ...others]);
    const isSame = ids.size === this.#shown.size && [...ids].every((id) => this.#shown.has(id));
    if (!isSame) this.#shown = ids;
    return this.#shown;
  }

  close(): void {
    this.#timers.forEach((timer) => clearTimeout(timer));
  }
}
