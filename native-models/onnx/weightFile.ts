import { open } from 'node:fs/promises';

/** ONNX Runtime maps weights into memory where they begin at whole pages. */
const pageBytes = 4096;
/** Below this a page for itself would waste more than it saves. */
const smallBytes = 64 << 10;
const smallAlignmentBytes = 64;

/** Where a tensor lies in the file of weights. */
export type Place = { offsetBytes: number; lengthBytes: number };

/** The file beside a model that holds its weights; each is written when it is known, so none is kept. */
export type WeightFile = {
  append(values: Float32Array | Int8Array): Promise<Place>;
  close(): Promise<void>;
};

/** Starts an empty file of weights. */
export async function createWeightFile(path: string): Promise<WeightFile> {
  const handle = await open(path, 'w');
  let size = 0;
  return {
    async append(values) {
      const alignment = values.byteLength < smallBytes ? smallAlignmentBytes : pageBytes;
      const offsetBytes = Math.ceil(size / alignment) * alignment;
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offsetBytes + done);
        done += bytesWritten;
      }
      size = offsetBytes + values.byteLength;
      return { offsetBytes, lengthBytes: values.byteLength };
    },
    async close() {
      await handle.sync();
      await handle.close();
    },
  };
}
