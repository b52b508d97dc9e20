import { ModelError } from '../model.ts';

/** What a checkpoint says about one of its tensors. */
export type TensorInfo = { shape: readonly number[]; dataType: string };

/** Named tensors that are read one at a time, so that a big checkpoint never lies in memory whole. */
export type TensorSource = {
  /** The file, for messages. */
  origin: string;
  tensors: ReadonlyMap<string, TensorInfo>;
  /** The values in row-major order, whatever number type and layout they are stored in. */
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
};

/**
 * How many elements a shape has.
 * @throws ModelError where it is no shape or beyond what a file can hold.
 */
export function elementCount(shape: readonly number[], name: string, origin: string): number {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger(count)) {
      throw new ModelError(`${origin}: the tensor ${name} has an impossible shape, so the file is damaged.`);
    }
  }
  return count;
}

/** Reads tensors by the names of their family, whatever prefix the checkpoint gives them, and checks their shapes. */
export class Weights {
  readonly #source: TensorSource;
  readonly #prefixes: readonly string[];

  /** @param prefix the name of the base model inside a model with a head, as `sew_d.`; files may leave it out. */
  constructor(source: TensorSource, prefix: string) {
    this.#source = source;
    this.#prefixes = [prefix, ''];
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** @throws ModelError where the tensor is missing or has another shape. */
  async read(name: string, shape: readonly number[]): Promise<Float32Array> {
    const { origin, tensors } = this.#source;
    const stored = this.#find(name);
    if (stored === undefined) {
      throw new ModelError(
        `${origin} has no tensor ${this.#prefixes[0]}${name}: it does not fit its config.json or is not whole.`,
      );
    }
    const found = tensors.get(stored)!.shape;
    if (found.length !== shape.length || found.some((size, axis) => size !== shape[axis])) {
      throw new ModelError(
        `${origin}: the tensor ${stored} has the shape [${found.join(', ')}], but config.json asks for [${shape.join(', ')}].`,
      );
    }
    return this.#source.read(stored);
  }

  #find(name: string): string | undefined {
    return this.#prefixes.map((prefix) => prefix + name).find((full) => this.#source.tensors.has(full));
  }
}

/** Several files as one source; a tensor belongs to the file that names it first. */
export function joinSources(origin: string, sources: readonly TensorSource[]): TensorSource {
  const owner = new Map<string, TensorSource>();
  const tensors = new Map<string, TensorInfo>();
  for (const source of sources) {
    for (const [name, info] of source.tensors) {
      if (owner.has(name)) throw new ModelError(`${origin}: the tensor ${name} is in two of its files.`);
      owner.set(name, source);
      tensors.set(name, info);
    }
  }
  return {
    origin,
    tensors,
    read: (name) => owner.get(name)!.read(name),
    close: async () => {
      for (const source of sources) await source.close();
    },
  };
}
