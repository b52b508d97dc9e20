/** A pause this long ends a typed run. */
const pauseMs = 1_000;

/** What was typed in one go: one step of undo, whose words get their times when it has ended. */
export class TypedRun {
  readonly #onEnd: (run: { firstEditId: string; wordIds: string[] }) => void;
  #firstEditId: string | null = null;
  #wordIds = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onEnd: (run: { firstEditId: string; wordIds: string[] }) => void) {
    this.#onEnd = onEnd;
  }

  /** One more edit of it. @returns the edit that it belongs to; undefined for the first */
  goOn(editId: string, wordIds: readonly string[]): string | undefined {
    const first = this.#firstEditId ?? undefined;
    this.#firstEditId ??= editId;
    wordIds.forEach((id) => this.#wordIds.add(id));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), pauseMs);
    return first;
  }

  /** The words that were typed in it. */
  get wordIds(): ReadonlySet<string> {
    return this.#wordIds;
  }

  end(): void {
    clearTimeout(this.#timer);
    if (this.#firstEditId === null) return;
    const run = { firstEditId: this.#firstEditId, wordIds: [...this.#wordIds] };
    this.#firstEditId = null;
    this.#wordIds = new Set();
    this.#onEnd(run);
  }
}
