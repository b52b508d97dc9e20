import { loadOnnxRuntime, type InferenceSession } from '../onnxRuntime.ts';
import { Graph } from './graph.ts';
import type { Linear } from './layers.ts';

/**
 * Rows [rows, inputs] through a layer, as [rows, outputs]: what does not depend on the audio and so is worked out when
 * a model is converted.
 */
export type FoldLinear = (rows: Float32Array, layer: Linear) => Promise<Float32Array>;

let session: Promise<InferenceSession> | undefined;

/** By ONNX Runtime, since a big model has tens of billions of such products. */
export const foldLinear: FoldLinear = async (rows, { weight, bias, inputs, outputs }) => {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  session ??= InferenceSession.create(linearModel(), { logSeverityLevel: 3 });
  const { y } = await (
    await session
  ).run({
    x: new Tensor('float32', rows, [rows.length / inputs, inputs]),
    weight: new Tensor('float32', weight, [outputs, inputs]),
    bias: new Tensor('float32', bias, [outputs]),
  });
  return y.data as Float32Array;
};

function linearModel(): Uint8Array {
  const graph = new Graph(null);
  const x = graph.input('x', 'float32', ['rows', 'inputs']);
  const weight = graph.input('weight', 'float32', ['outputs', 'inputs']);
  const bias = graph.input('bias', 'float32', ['outputs']);
  const y = graph.node('Gemm', [x, weight, bias], { attributes: { transB: { int: 1 } } });
  graph.output(y, 'y', 'float32', ['rows', 'outputs']);
  return graph.encode();
}
