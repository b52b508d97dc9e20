import { fromHalf, toHalf } from './halfPrecision.ts';

/** Up to this many tokens every log-probability is kept, above it the best few of each frame. */
export const keepAllUpToTokens = 64;
const bestOfFrame = 32;

/** Bytes of one stored frame. */
export function frameBytes(vocabularySize: number): number {
  return vocabularySize <= keepAllUpToTokens ? vocabularySize * 2 : bestOfFrame * 4;
}

/**
 * Log-probabilities [frames, vocabularySize] in half precision, little endian: up to 64 tokens all of them;
 * above that, for each frame, 32 pairs of token id (unsigned 16 bits) and value, the blank always among them.
 */
export function encodeFrames(data: Float32Array, vocabularySize: number, blankId: number): Buffer {
  const frames = data.length / vocabularySize;
  const buffer = Buffer.alloc(frames * frameBytes(vocabularySize));
  if (vocabularySize <= keepAllUpToTokens) {
    for (let k = 0; k < data.length; k += 1) buffer.writeUInt16LE(toHalf(data[k]), k * 2);
    return buffer;
  }
  if (vocabularySize > 0xffff)
    throw new RangeError('a vocabulary of more than 65,535 tokens has no storage format');
  let offset = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    const row = data.subarray(frame * vocabularySize, (frame + 1) * vocabularySize);
    for (const id of bestIds(row, blankId)) {
      buffer.writeUInt16LE(id, offset);
      buffer.writeUInt16LE(toHalf(row[id]), offset + 2);
      offset += 4;
    }
  }
  return buffer;
}

/** The inverse; tokens that were not kept share what probability the kept ones leave. */
export function decodeFrames(buffer: Buffer, vocabularySize: number): Float32Array {
  const frames = Math.floor(buffer.length / frameBytes(vocabularySize));
  const data = new Float32Array(frames * vocabularySize);
  if (vocabularySize <= keepAllUpToTokens) {
    for (let k = 0; k < data.length; k += 1) data[k] = fromHalf(buffer.readUInt16LE(k * 2));
    return data;
  }
  let offset = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    const row = data.subarray(frame * vocabularySize, (frame + 1) * vocabularySize);
    const kept: [number, number][] = [];
    let sum = 0;
    for (let k = 0; k < bestOfFrame; k += 1, offset += 4) {
      const value = fromHalf(buffer.readUInt16LE(offset + 2));
      kept.push([buffer.readUInt16LE(offset), value]);
      sum += Math.exp(value);
    }
    row.fill(Math.log(Math.max(1e-7, 1 - sum) / (vocabularySize - bestOfFrame)));
    for (const [id, value] of kept) row[id] = value;
  }
  return data;
}

function bestIds(row: Float32Array, blankId: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < row.length; id += 1) {
    if (best.length === bestOfFrame && row[id] <= row[best[bestOfFrame - 1]]) continue;
    let place = best.length;
    while (place > 0 && row[best[place - 1]] < row[id]) place -= 1;
    best.splice(place, 0, id);
    if (best.length > bestOfFrame) best.pop();
  }
  if (!best.includes(blankId)) best[bestOfFrame - 1] = blankId;
  return best;
}
