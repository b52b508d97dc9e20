/** Little-endian bytes of a whole number. */
function littleEndian(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value));
  else buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}

/** A zip archive that stores its files as they are; in the 64-bit form where asked for. */
export function storedZip(
  files: Readonly<Record<string, Uint8Array>>,
  { wide = false, method = 0 } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  const add = (part: Buffer) => {
    parts.push(part);
    at += part.length;
  };
  const size = (value: number) => littleEndian(wide ? 0xffffffff : value, 4);
  for (const [name, content] of Object.entries(files)) {
    const headerAt = at;
    const text = Buffer.from(name);
    const common = [littleEndian(0, 2), littleEndian(method, 2), Buffer.alloc(8)];
    const extra = wide
      ? Buffer.concat(
          [1, 24]
            .map((n) => littleEndian(n, 2))
            .concat([content.length, content.length, headerAt].map((n) => littleEndian(n, 8))),
        )
      : Buffer.alloc(0);
    const lengths = [
      size(content.length),
      size(content.length),
      littleEndian(text.length, 2),
      littleEndian(extra.length, 2),
    ];
    add(Buffer.concat([Buffer.from('PK\x03\x04'), littleEndian(45, 2), ...common, ...lengths, text, extra]));
    add(Buffer.from(content));
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02'),
        littleEndian(45, 2),
        littleEndian(45, 2),
        ...common,
        ...lengths,
        Buffer.alloc(10),
        size(headerAt),
        text,
        extra,
      ]),
    );
  }
  const directoryAt = at;
  add(Buffer.concat(directory));
  const directoryBytes = at - directoryAt;
  const recordAt = at;
  if (wide) {
    add(
      Buffer.concat([
        Buffer.from('PK\x06\x06'),
        littleEndian(44, 8),
        Buffer.alloc(12),
        ...[directory.length, directory.length, directoryBytes, directoryAt].map((n) => littleEndian(n, 8)),
      ]),
    );
    add(
      Buffer.concat([
        Buffer.from('PK\x06\x07'),
        Buffer.alloc(4),
        littleEndian(recordAt, 8),
        littleEndian(1, 4),
      ]),
    );
  }
  const count = littleEndian(wide ? 0xffff : directory.length, 2);
  add(
    Buffer.concat([
      Buffer.from('PK\x05\x06'),
      Buffer.alloc(4),
      count,
      count,
      size(directoryBytes),
      size(directoryAt),
      Buffer.alloc(2),
    ]),
  );
  return Buffer.concat(parts);
}

/** Python's pickle instructions, as a test writes them down; see pickletools in Python's library. */
export const pickle = {
  program: (...parts: Buffer[]) => Buffer.concat([Buffer.from([0x80, 2]), ...parts, Buffer.from('.')]),
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  text: (value: string) =>
    Buffer.concat([Buffer.from('X'), littleEndian(Buffer.byteLength(value), 4), Buffer.from(value)]),
  number: (value: number) =>
    value < 256
      ? Buffer.from([0x4b, value])
      : Buffer.concat([Buffer.from([0x8a, 8]), littleEndian(value, 8)]),
  tuple: (...parts: Buffer[]) => Buffer.concat([Buffer.from('('), ...parts, Buffer.from('t')]),
  call: (callee: Buffer, args: Buffer) => Buffer.concat([callee, args, Buffer.from('R')]),
  map: (entries: Readonly<Record<string, Buffer>>) =>
    Buffer.concat([
      Buffer.from('}('),
      ...Object.entries(entries).flatMap(([name, value]) => [pickle.text(name), value]),
      Buffer.from('u'),
    ]),
  storage: (type: string, key: string, elements: number) =>
    Buffer.concat([
      pickle.tuple(
        pickle.text('storage'),
        pickle.global('torch', type),
        pickle.text(key),
        pickle.text('cpu'),
        pickle.number(elements),
      ),
      Buffer.from('Q'),
    ]),
  tensor: (storage: Buffer, offset: number, shape: number[], strides: number[]) =>
    pickle.call(
      pickle.global('torch._utils', '_rebuild_tensor_v2'),
      pickle.tuple(
        storage,
        pickle.number(offset),
        pickle.tuple(...shape.map(pickle.number)),
        pickle.tuple(...strides.map(pickle.number)),
        Buffer.from([0x89]),
        pickle.call(pickle.global('collections', 'OrderedDict'), Buffer.from(')')),
      ),
    ),
};

/** A file of PyTorch weights around a pickle and its storages. */
export function torchFile(
  program: Buffer,
  storages: Readonly<Record<string, Uint8Array>> = {},
  options: Parameters<typeof storedZip>[1] = {},
): Buffer {
  const data = Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes]);
  return storedZip(
    Object.fromEntries([['archive/data.pkl', program], ...data]) as Record<string, Uint8Array>,
    options,
  );
}

/** A safetensors file with that header, as text or as an object. */
export function safetensorsFile(header: object | string, data: Uint8Array): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  return Buffer.concat([littleEndian(json.length, 8), json, Buffer.from(data)]);
}

/** A matrix in 8 bits as our checkpoints store it: whole numbers and a scale for each row, value = number * scale. */
export function rowsInBytes(
  values: Float32Array,
  rows: number,
): { numbers: Int8Array; scales: Float32Array } {
  const length = values.length / rows;
  const numbers = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * length, (row + 1) * length);
    scales[row] = own.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0) / 127 || 1;
    own.forEach((value, i) => (numbers[row * length + i] = Math.round(value / scales[row])));
  }
  return { numbers, scales };
}
