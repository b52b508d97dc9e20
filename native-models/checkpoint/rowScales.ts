import { ModelError } from '../model.ts';
import { scaleRows } from './numbers.ts';
import type { TensorInfo, TensorSource } from './tensors.ts';

/**
 * A safetensors file whose tensors in 8 bits are the numbers that they stand for: beside NAME, in I8, lies NAME_scale in F32
 * with a scale for each index of NAME's first dimension, and a value is the whole number times its scale. The scales are no
 * tensors of the model, so they are not listed.
 * @returns a source whose `read` throws ModelError where the scales are missing, of another type or shape, or not finite
 */
export function withRowScales(source: TensorSource): TensorSource {
  const { origin, tensors } = source;
  const inBytes = [...tensors].filter(([, { dataType }]) => dataType === 'I8').map(([name]) => name);
  if (inBytes.length === 0) return source;

  const listed = new Map(tensors);
  for (const name of inBytes) listed.delete(scaleOf(name));
  return {
    ...source,
    tensors: listed,
    async read(name) {
      const info = listed.get(name)!;
      if (info.dataType !== 'I8') return source.read(name);
      checkScale(name, info, tensors.get(scaleOf(name)), origin);
      const scales = await source.read(scaleOf(name));
      if (!scales.every(Number.isFinite)) {
        throw new ModelError(
          `${origin} is damaged: ${scaleOf(name)} holds a scale that is no finite number.`,
        );
      }
      const values = await source.read(name);
      scaleRows(values, scales);
      return values;
    },
  };
}

const scaleOf = (name: string) => `${name}_scale`;

function checkScale(
  name: string,
  { shape }: TensorInfo,
  scale: TensorInfo | undefined,
  origin: string,
): void {
  if (!scale) {
    throw new ModelError(
      `${origin}: ${name} is stored in 8 bits, but its scales, ${scaleOf(name)}, are missing.`,
    );
  }
  const isFitting = scale.shape.length === 1 && scale.shape[0] === shape[0];
  if (isFitting && scale.dataType === 'F32') return;
  const wanted =
    shape.length === 0 ? 'which has no rows to scale' : `which needs F32 with the shape [${shape[0]}]`;
  throw new ModelError(
    `${origin}: ${scaleOf(name)} is ${scale.dataType} with the shape [${scale.shape.join(', ')}] and does not fit ${name}, ${wanted}.`,
  );
}
