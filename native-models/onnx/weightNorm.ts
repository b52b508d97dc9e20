import type { Weights } from '../checkpoint/tensors.ts';
import { foldWeightNorm } from './matrices.ts';

/** The names under which PyTorch keeps a normalised weight's length and direction, of its older and newer versions. */
const storedNames = [
  ['weight_g', 'weight_v'],
  ['parametrizations.weight.original0', 'parametrizations.weight.original1'],
] as const;

/**
 * A positional convolution's kernel [outputs, inputs, kernel], whether it is stored whole or by length and direction.
 * @throws ModelError where neither is there
 */
export async function readNormedKernel(
  weights: Weights,
  name: string,
  shape: readonly [outputs: number, inputs: number, kernel: number],
): Promise<Float32Array> {
  if (weights.has(`${name}.weight`)) return weights.read(`${name}.weight`, shape);
  const [g, v] = storedNames.find(([, direction]) => weights.has(`${name}.${direction}`)) ?? storedNames[1];
  return foldWeightNorm(
    await weights.read(`${name}.${v}`, shape),
    await weights.read(`${name}.${g}`, [1, 1, shape[2]]),
  );
}
