/**
 * Undoes weight normalisation over a kernel's axis: `v * g / ||v||`, the norm being over the first two axes.
 * @param v [outputs, inputs, kernel]
 * @param g [kernel]
 */
export function foldWeightNorm(v: Float32Array, g: Float32Array): Float32Array {
  const kernel = g.length;
  const squares = new Float64Array(kernel);
  for (let i = 0; i < v.length; i++) squares[i % kernel] += v[i] * v[i];
  const scale = squares.map((square, k) => g[k] / Math.sqrt(square));
  return v.map((value, i) => value * scale[i % kernel]);
}

/** Layer normalisation of each row of [rows, size], as PyTorch's LayerNorm. */
export function normaliseRows(
  values: Float32Array,
  scale: Float32Array,
  bias: Float32Array,
  epsilon: number,
): Float32Array {
  const size = scale.length;
  const result = new Float32Array(values.length);
  for (let begin = 0; begin < values.length; begin += size) {
    let mean = 0;
    for (let i = 0; i < size; i++) mean += values[begin + i] / size;
    let variance = 0;
    for (let i = 0; i < size; i++) variance += (values[begin + i] - mean) ** 2 / size;
    const factor = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < size; i++)
      result[begin + i] = (values[begin + i] - mean) * factor * scale[i] + bias[i];
  }
  return result;
}

/** [rows, heads * size] as [heads, rows, size] */
export function headsFirst(values: Float32Array, heads: number, size: number): Float32Array {
  const rows = values.length / (heads * size);
  const result = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < rows; row++) {
      const begin = (row * heads + head) * size;
      result.set(values.subarray(begin, begin + size), (head * rows + row) * size);
    }
  }
  return result;
}
