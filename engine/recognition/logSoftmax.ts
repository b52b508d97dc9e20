/** Natural-logarithm softmax of each row of a [rows, width] matrix, as a new array. */
export function logSoftmaxRows(logits: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += width) {
    let maximum = -Infinity;
    for (let k = row; k < row + width; k += 1) {
      if (logits[k] > maximum) maximum = logits[k];
    }
    let sum = 0;
    for (let k = row; k < row + width; k += 1) sum += Math.exp(logits[k] - maximum);
    const offset = maximum + Math.log(sum);
    for (let k = row; k < row + width; k += 1) result[k] = logits[k] - offset;
  }
  return result;
}
