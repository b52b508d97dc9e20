/** Where rows of different heights lie in a long list of which only a few are drawn. Heights in CSS pixels. */
export class RowLayout {
  #ids: readonly string[] = [];
  #estimate: (place: number) => number = () => 0;
  readonly #measured = new Map<string, number>();
  /** Sums of heights, as a binary indexed tree (Fenwick 1994). */
  #tree = new Float64Array(1);
  #heights = new Float64Array(0);

  get count(): number {
    return this.#ids.length;
  }

  get totalHeight(): number {
    return this.topOf(this.#ids.length);
  }

  /** Takes over the rows; those that were measured keep their heights. */
  setRows(ids: readonly string[], estimate: (place: number) => number): void {
    this.#ids = ids;
    this.#estimate = estimate;
    this.#rebuild();
  }

  /** @returns whether a row is now higher or lower than was known. */
  measure(id: string, place: number, height: number): boolean {
    const known = this.#measured.get(id);
    this.#measured.set(id, height);
    if (this.#ids[place] !== id || Math.abs(this.#heights[place] - height) < 0.5) {
      return known === undefined;
    }
    this.#add(place, height - this.#heights[place]);
    this.#heights[place] = height;
    return true;
  }

  /** Forgets all measured heights, when the width or the size of the text changes. */
  forget(): void {
    this.#measured.clear();
    this.#rebuild();
  }

  /** The distance of a row from the top of the list. */
  topOf(place: number): number {
    let sum = 0;
    for (let k = place; k > 0; k -= k & -k) {
      sum += this.#tree[k];
    }
    return sum;
  }

  heightOf(place: number): number {
    return this.#heights[place];
  }

  /** The row at a distance from the top. */
  rowAt(distance: number): number {
    let place = 0;
    let left = distance;
    for (let bit = 2 ** Math.floor(Math.log2(Math.max(1, this.#ids.length))); bit >= 1; bit /= 2) {
      if (place + bit <= this.#ids.length && this.#tree[place + bit] <= left) {
        place += bit;
        left -= this.#tree[place];
      }
    }
    return Math.min(place, Math.max(0, this.#ids.length - 1));
  }

  #rebuild(): void {
    const count = this.#ids.length;
    this.#heights = Float64Array.from(
      { length: count },
      (_, place) => this.#measured.get(this.#ids[place]) ?? this.#estimate(place),
    );
    const tree = new Float64Array(count + 1);
    for (let k = 1; k <= count; k++) {
      tree[k] += this.#heights[k - 1];
      const parent = k + (k & -k);
      if (parent <= count) {
        tree[parent] += tree[k];
      }
    }
    this.#tree = tree;
  }

  #add(place: number, difference: number): void {
    for (let k = place + 1; k < this.#tree.length; k += k & -k) {
      this.#tree[k] += difference;
    }
  }
}
