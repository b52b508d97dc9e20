import { ModelError } from '../model.ts';
import { openFile, type RandomAccessFile } from './file.ts';
import { numberTypes, toFloat32, type NumberType } from './numbers.ts';
import { readPickle, type PickleMeaning, type PickleObject, type PickleValue } from './pickle.ts';
import { elementCount, type TensorInfo, type TensorSource } from './tensors.ts';
import { listZip, type ZipEntry } from './zip.ts';

/** The kinds of storage that a tensor's numbers can lie in, by the names in a pickle. */
const storageTypes: Readonly<Record<string, NumberType>> = {
  'torch.DoubleStorage': 'float64',
  'torch.FloatStorage': 'float32',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.LongStorage': 'int64',
  'torch.IntStorage': 'int32',
  'torch.ShortStorage': 'int16',
  'torch.CharStorage': 'int8',
  'torch.ByteStorage': 'uint8',
  'torch.BoolStorage': 'bool',
};

const callables = [
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
];

class Storage implements PickleObject {
  readonly kind = 'storage';
  readonly type: NumberType;
  readonly key: string;
  readonly elements: number;
  constructor(type: NumberType, key: string, elements: number) {
    this.type = type;
    this.key = key;
    this.elements = elements;
  }
}

class StoredTensor implements PickleObject {
  readonly kind = 'tensor';
  readonly storage: Storage;
  /** In elements. */
  readonly offset: number;
  readonly shape: number[];
  readonly strides: number[];
  constructor(storage: Storage, offset: number, shape: number[], strides: number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** A dictionary of a few thousand tensors is well under a megabyte. */
const longestPickleBytes = 64 << 20;
/** A view may repeat a small storage's numbers, but not without end. */
const longestRepeatedView = 1 << 24;

/**
 * Opens the weights that `torch.save` writes (since PyTorch 1.6: a zip archive with a pickle that describes the tensors and a file for
 * each storage). The pickle is read by a reader that can run nothing, and tensors are read when asked for.
 * @throws ModelError where the file is damaged, in the old layout, or mentions anything but tensors.
 */
export async function openPytorchBin(path: string): Promise<TensorSource> {
  const file = await openFile(path);
  try {
    await refuseOtherLayouts(file);
    const entries = await listZip(file);
    const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
    if (!pickle) throw new ModelError(`${path} holds no PyTorch weights: it has no data.pkl.`);
    const root = pickle.name.slice(0, -'data.pkl'.length);
    const order = entries.get(`${root}byteorder`);
    if (order && order.sizeBytes < 16 && (await readText(file, order)) !== 'little') {
      throw new ModelError(
        `${path} was saved on a big-endian machine and cannot be read; save it as safetensors.`,
      );
    }
    if (pickle.sizeBytes > longestPickleBytes)
      throw new ModelError(`${path} is damaged: its index is too long.`);
    const value = readPickle(await file.read(pickle.offsetBytes, pickle.sizeBytes), path, meaning);

    const stored = tensorsOf(value, path);
    const tensors = new Map<string, TensorInfo>();
    for (const [name, tensor] of stored) {
      checkTensor(name, tensor, entries.get(`${root}data/${tensor.storage.key}`), path);
      tensors.set(name, { shape: tensor.shape, dataType: tensor.storage.type });
    }
    return {
      origin: path,
      tensors,
      read: (name) => {
        const tensor = stored.get(name)!;
        return readTensor(file, tensor, entries.get(`${root}data/${tensor.storage.key}`)!);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function refuseOtherLayouts(file: RandomAccessFile): Promise<void> {
  if (file.sizeBytes < 4) throw new ModelError(`${file.path} is not a whole file: download it again.`);
  const [first, second, third, fourth] = await file.read(0, 4);
  const isZip = first === 0x50 && second === 0x4b && third === 3 && fourth === 4;
  if (isZip) return;
  // A pickle's beginning, or the tar archive of PyTorch's first versions
  const isPickle = first === 0x80 && second >= 2 && second <= 5;
  const isTar = file.sizeBytes > 262 && Buffer.from(await file.read(257, 5)).toString('latin1') === 'ustar';
  throw new ModelError(
    isPickle || isTar
      ? `${file.path} is in the layout of PyTorch before 1.6; load and save it again with a newer PyTorch, or as model.safetensors.`
      : `${file.path} is not a file of PyTorch weights, or is damaged: download it again.`,
  );
}

/** What the names in a checkpoint's pickle mean. */
const meaning: PickleMeaning = {
  permits: (name) => callables.includes(name) || Object.hasOwn(storageTypes, name),
  call(name, args) {
    switch (name) {
      case 'collections.OrderedDict':
        return args.length === 0 ? new Map() : undefined;
      case 'torch._utils._rebuild_tensor_v2': {
        const [storage, offset, shape, strides] = args;
        const isTensor = storage instanceof Storage && isSize(offset) && areSizes(shape) && areSizes(strides);
        return isTensor && shape.length === strides.length
          ? new StoredTensor(storage, offset, [...shape], [...strides])
          : undefined;
      }
      case 'torch._utils._rebuild_parameter':
        return args[0] instanceof StoredTensor ? args[0] : undefined;
      default:
        return undefined;
    }
  },
  persistent(id) {
    if (!Array.isArray(id)) return undefined;
    const [kind, type, key, , elements] = id;
    const isStorage = kind === 'storage' && typeof key === 'string' && isSize(elements);
    return isStorage && isNamed(type) && Object.hasOwn(storageTypes, type.name)
      ? new Storage(storageTypes[type.name], key, elements)
      : undefined;
  },
};

function isNamed(value: PickleValue): value is { readonly name: string } & PickleValue {
  return value !== null && typeof value === 'object' && 'name' in value;
}

function isSize(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function areSizes(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every(isSize);
}

function tensorsOf(value: PickleValue, path: string): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  if (value instanceof Map) {
    for (const [name, tensor] of value) {
      if (typeof name === 'string' && tensor instanceof StoredTensor) tensors.set(name, tensor);
    }
  }
  if (tensors.size === 0)
    throw new ModelError(`${path} holds no weights by name, as a Hugging Face model does.`);
  return tensors;
}

/** Elements from a tensor's first to its last, both included. */
function reach({ shape, strides }: StoredTensor): number {
  return shape.includes(0) ? 0 : shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], 1);
}

function checkTensor(name: string, tensor: StoredTensor, entry: ZipEntry | undefined, path: string): void {
  const damaged = (what: string) => new ModelError(`${path} is damaged: ${what}. Download it again.`);
  if (!entry) throw damaged(`the numbers of ${name} are missing`);
  const { storage, offset, shape } = tensor;
  if (storage.elements * numberTypes[storage.type] > entry.sizeBytes) {
    throw damaged(`the numbers of ${name} are cut off`);
  }
  const last = offset + reach(tensor);
  if (!(last <= storage.elements)) throw damaged(`${name} lies beyond the numbers that are there`);
  if (elementCount(shape, name, path) > Math.max(storage.elements, longestRepeatedView)) {
    throw damaged(`${name} is larger than the numbers that are there`);
  }
}

async function readTensor(
  file: RandomAccessFile,
  tensor: StoredTensor,
  entry: ZipEntry,
): Promise<Float32Array> {
  const { storage, offset, shape, strides } = tensor;
  const bytes = numberTypes[storage.type];
  const values = toFloat32(
    await file.read(entry.offsetBytes + offset * bytes, reach(tensor) * bytes),
    storage.type,
  );
  const natural = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const isContiguous = shape.every((size, axis) => size === 1 || strides[axis] === natural[axis]);
  if (isContiguous) return values;

  const result = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const place = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = values[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++place[axis] < shape[axis]) break;
      at -= shape[axis] * strides[axis];
      place[axis] = 0;
    }
  }
  return result;
}

async function readText(file: RandomAccessFile, { offsetBytes, sizeBytes }: ZipEntry): Promise<string> {
  return Buffer.from(await file.read(offsetBytes, sizeBytes))
    .toString('latin1')
    .trim();
}
