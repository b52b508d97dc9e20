/** Number types in which weights are stored, with their size in bytes. */
export const numberTypes = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;

export type NumberType = keyof typeof numberTypes;

let halves: Float32Array | undefined;

/** Every half-precision number by its bits (IEEE 754 binary16). */
function halfTable(): Float32Array {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) halves[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) halves[bits] = fraction ? NaN : sign * Infinity;
    else halves[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halves;
}

/**
 * Little-endian numbers as 32-bit floats.
 * @param bytes a whole number of elements; a buffer of its own at offset 0, since float32 is returned as a view of it.
 */
export function toFloat32(bytes: Uint8Array<ArrayBuffer>, type: NumberType): Float32Array {
  const { buffer } = bytes;
  const count = bytes.byteLength / numberTypes[type];
  switch (type) {
    case 'float32':
      return new Float32Array(buffer, 0, count);
    case 'float16': {
      const table = halfTable();
      const stored = new Uint16Array(buffer, 0, count);
      const values = new Float32Array(count);
      // Twenty times as fast as Float32Array.from with a function
      for (let i = 0; i < count; i++) values[i] = table[stored[i]];
      return values;
    }
    case 'bfloat16': {
      const widened = new Uint32Array(count);
      const stored = new Uint16Array(buffer, 0, count);
      for (let i = 0; i < count; i++) widened[i] = stored[i] << 16;
      return new Float32Array(widened.buffer);
    }
    case 'float64':
      return Float32Array.from(new Float64Array(buffer, 0, count));
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer, 0, count), Number);
    case 'int32':
      return Float32Array.from(new Int32Array(buffer, 0, count));
    case 'int16':
      return Float32Array.from(new Int16Array(buffer, 0, count));
    case 'int8':
      return Float32Array.from(new Int8Array(buffer, 0, count));
    case 'uint8':
    case 'bool':
      return Float32Array.from(new Uint8Array(buffer, 0, count));
  }
}

/**
 * Multiplies each row by its scale, in place.
 * @param values as many rows of one length as there are scales
 */
export function scaleRows(values: Float32Array, scales: Float32Array): void {
  const length = values.length / scales.length;
  for (const [row, scale] of scales.entries()) {
    for (let i = row * length; i < (row + 1) * length; i++) values[i] *= scale;
  }
}
