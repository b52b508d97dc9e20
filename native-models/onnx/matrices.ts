/** A row-major [rows, columns] matrix with its axes exchanged. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  const tile = 32;
  for (let r0 = 0; r0 < rows; r0 += tile) {
    for (let c0 = 0; c0 < columns; c0 += tile) {
      for (let r = r0; r < Math.min(r0 + tile, rows); r++) {
        for (let c = c0; c < Math.min(c0 + tile, columns); c++)
          result[c * rows + r] = values[r * columns + c];
      }
    }
  }
  return result;
}

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

/** Rows of [rows, inputs] through a layer: x W^T + b, W being [outputs, inputs]. */
export function multiplied(
  rows: Float32Array,
  layer: { weight: Float32Array; bias: Float32Array; inputs: number; outputs: number },
): Float32Array {
  const { weight, bias, inputs, outputs } = layer;
  const count = rows.length / inputs;
  const result = new Float32Array(count * outputs);
  for (let r = 0; r < count; r++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias[o];
      for (let i = 0; i < inputs; i++) sum += rows[r * inputs + i] * weight[o * inputs + i];
      result[r * outputs + o] = sum;
    }
  }
  return result;
}
