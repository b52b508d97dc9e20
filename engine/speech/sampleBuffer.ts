/** The last stretch of a stream of samples, addressed by where they lie on the media's clock. */
export class SampleBuffer {
  private samples = new Float32Array(1 << 16);
  private length = 0;
  private start: number;

  constructor(startSample: number) {
    this.start = startSample;
  }

  get startSample(): number {
    return this.start;
  }

  get endSample(): number {
    return this.start + this.length;
  }

  append(samples: Float32Array): void {
    if (this.length + samples.length > this.samples.length) {
      const larger = new Float32Array(2 * (this.length + samples.length));
      larger.set(this.samples.subarray(0, this.length));
      this.samples = larger;
    }
    this.samples.set(samples, this.length);
    this.length += samples.length;
  }

  /** Lets go of what lies before; only once it is worth the copying. */
  dropBefore(sample: number): void {
    const count = Math.min(sample - this.start, this.length);
    if (count < 1 << 15) return;
    this.samples.copyWithin(0, count, this.length);
    this.start += count;
    this.length -= count;
  }

  /** A view, good until the next change. */
  view(from: number, to: number): Float32Array {
    return this.samples.subarray(from - this.start, to - this.start);
  }
}
