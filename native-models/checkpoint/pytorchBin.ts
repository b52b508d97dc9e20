import { ModelError } from '../model.ts';
import type { TensorSource } from './tensors.ts';

export async function openPytorchBin(path: string): Promise<TensorSource> {
  throw new ModelError(`${path}: not yet.`);
}
