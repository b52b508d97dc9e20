/** So many values that one byte tells apart. */
const bookSize = 256;
/** Enough of many values to know how they are spread. */
const sampleSize = 100_000;

/**
 * Numbers as one byte each: bins that hold equally many of them, each standing for its mean.
 * @returns the meaning of each code (float32 [256]) and the codes.
 */
export function quantise(values: Float32Array): { book: Float32Array; codes: Uint8Array } {
  const stride = Math.max(1, Math.floor(values.length / sampleSize));
  const sample = values.filter((_, i) => i % stride === 0).sort();
  const edges = Float32Array.from(
    { length: bookSize - 1 },
    (_, i) => sample[Math.floor(((i + 1) * sample.length) / bookSize)] ?? 0,
  );
  const codes = new Uint8Array(values.length);
  const sums = new Float64Array(bookSize);
  const counts = new Float64Array(bookSize);
  for (let i = 0; i < values.length; i += 1) {
    const code = binOf(edges, values[i]);
    codes[i] = code;
    sums[code] += values[i];
    counts[code] += 1;
  }
  return {
    book: Float32Array.from(sums, (sum, code) => (counts[code] === 0 ? 0 : sum / counts[code])),
    codes,
  };
}

/** How many edges are below or at the value. */
function binOf(edges: Float32Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
