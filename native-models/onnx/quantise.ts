/** The largest magnitude, so that the range is the same on both sides of zero. */
const largest = 127;
/** An output with no weight above this is taken for zero: its scale would lose its digits or be none. */
const nothing = 1e-30;

/**
 * A matrix in 8 bits, each output with a scale of its own: weight ≈ value * scale.
 * @param weight [outputs, inputs], as in a checkpoint
 * @returns values [inputs, outputs], as ONNX's products want the second factor; scales [outputs]
 */
export function quantiseColumns(
  weight: Float32Array,
  inputs: number,
  outputs: number,
): { values: Int8Array; scales: Float32Array } {
  const values = new Int8Array(weight.length);
  const scales = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const row = weight.subarray(output * inputs, (output + 1) * inputs);
    let peak = 0;
    for (const value of row) peak = Math.max(peak, Math.abs(value));
    scales[output] = peak > nothing ? peak / largest : 1;
    for (let input = 0; input < inputs; input++) {
      values[input * outputs + output] = Math.round(row[input] / scales[output]);
    }
  }
  return { values, scales };
}
