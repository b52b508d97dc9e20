import type { Weights } from '../checkpoint/tensors.ts';
import type { Graph, Value } from './graph.ts';
import { elementTypes } from './proto.ts';
import { quantiseColumns } from './quantise.ts';

/** A layer that multiplies rows by a matrix, as the checkpoint's `name.weight` [outputs, inputs] and `name.bias`. */
export type Linear = { weight: Float32Array; bias: Float32Array; inputs: number; outputs: number };

export async function readLinear(
  weights: Weights,
  name: string,
  inputs: number,
  outputs: number,
): Promise<Linear> {
  return {
    weight: await weights.read(`${name}.weight`, [outputs, inputs]),
    bias: await weights.read(`${name}.bias`, [outputs]),
    inputs,
    outputs,
  };
}

/** The layer with its outputs multiplied by a number. */
export function scaledLinear(layer: Linear, factor: number): Linear {
  const scale = (values: Float32Array) => values.map((value) => value * factor);
  return { ...layer, weight: scale(layer.weight), bias: scale(layer.bias) };
}

/**
 * x W^T + b, as one node with the bias: ONNX Runtime's CPU takes less time for it than for a product and a sum.
 * @param x [rows, inputs]
 */
export async function addLinear(graph: Graph, x: Value, layer: Linear): Promise<Value> {
  return graph.precision === 'int8' ? addQuantisedLinear(graph, x, layer) : addExactLinear(graph, x, layer);
}

/** As addLinear, in single precision whatever the graph is in: for logits, where rounding would tell and saves nothing. */
export async function addExactLinear(graph: Graph, x: Value, layer: Linear): Promise<Value> {
  const { inputs, outputs } = layer;
  const weight = await graph.weight('weight', [outputs, inputs], layer.weight);
  const bias = await graph.weight('bias', [outputs], layer.bias);
  return graph.node('Gemm', [x, weight, bias], { attributes: { transB: { int: 1 } } });
}

/**
 * x W^T + b with both factors in 8 bits: x quantised as it comes, over the range that it has in this run, and the
 * product of whole numbers scaled back column by column. In the shape that ONNX Runtime fuses to one kernel.
 */
async function addQuantisedLinear(graph: Graph, x: Value, layer: Linear): Promise<Value> {
  const { inputs, outputs } = layer;
  const { values, scales } = quantiseColumns(layer.weight, inputs, outputs);
  const weight = await graph.weight('weight', [inputs, outputs], values);
  const weightScales = await graph.weight('scales', [outputs], scales);
  const bias = await graph.weight('bias', [outputs], layer.bias);
  const [quantised, scale, zero] = graph.nodeWithOutputs(3, 'DynamicQuantizeLinear', [x]);
  const whole = graph.node('MatMulInteger', [quantised, weight, zero]);
  const product = graph.node('Cast', [whole], { attributes: { to: { int: elementTypes.float32 } } });
  const scaled = graph.node('Mul', [product, graph.node('Mul', [scale, weightScales])]);
  return graph.node('Add', [scaled, bias]);
}

/** Several layers over the same inputs as one, their outputs one after another. */
export function joinedLinear(layers: readonly Linear[]): Linear {
  const join = (parts: readonly Float32Array[]) => {
    const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
    let end = 0;
    for (const part of parts) {
      whole.set(part, end);
      end += part.length;
    }
    return whole;
  };
  return {
    weight: join(layers.map((layer) => layer.weight)),
    bias: join(layers.map((layer) => layer.bias)),
    inputs: layers[0].inputs,
    outputs: layers.reduce((sum, layer) => sum + layer.outputs, 0),
  };
}

/** A layer of the checkpoint, read and added. */
export async function linear(
  graph: Graph,
  weights: Weights,
  name: string,
  x: Value,
  inputs: number,
  outputs: number,
): Promise<Value> {
  return addLinear(graph, x, await readLinear(weights, name, inputs, outputs));
}

/** Layer normalisation over the last axis with the checkpoint's `name.weight` and `name.bias`. */
export async function layerNorm(
  graph: Graph,
  weights: Weights,
  name: string,
  x: Value,
  size: number,
  epsilon: number,
): Promise<Value> {
  const scale = await graph.weight('scale', [size], await weights.read(`${name}.weight`, [size]));
  const bias = await graph.weight('bias', [size], await weights.read(`${name}.bias`, [size]));
  return graph.node('LayerNormalization', [x, scale, bias], {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
  });
}
