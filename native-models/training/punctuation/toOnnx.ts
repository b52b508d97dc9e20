import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSafetensors } from '../../checkpoint/safetensors.ts';
import { Weights } from '../../checkpoint/tensors.ts';
import { affixRows, featuresPerWord, letterCases, marks, pauseClasses } from '../../language/wordFeatures.ts';
import { readPunctuationModel } from '../../language/punctuationModel.ts';
import { Graph, type Value } from '../../onnx/graph.ts';
import { elementTypes } from '../../onnx/proto.ts';

/** What publish.py leaves, as the folder that ships: the graph in ONNX with its matrices in 8 bits, and `model.json`. */

const outputs = marks.length + letterCases.length;
const layerNormEpsilon = 1e-5;
/** As TAPS in model.py. */
const taps = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-3, 0, 3],
  [-24, -12, 0],
  [-4, 0, 4],
];

const { values: options } = parseArgs({ options: { from: { type: 'string' }, out: { type: 'string' } } });
if (!options.from || !options.out) {
  process.stderr.write('Usage: npx tsx native-models/training/punctuation/toOnnx.ts --from DIR --out DIR\n');
  process.exit(2);
}

const graph = new Graph(null);
const source = await openSafetensors(join(options.from, 'model.safetensors'));
const [width, embedding] = source.tensors.get('widen.weight')!.shape;
const weights = new Weights(source, '');

const asFloats = (value: Value) =>
  graph.node('Cast', [value], { attributes: { to: { int: elementTypes.float32 } } });

/** A matrix as bytes, and a scale for each row. */
async function inBytes(name: string, shape: number[]): Promise<{ bytes: Value; scales: Value }> {
  const values = await weights.read(name, shape);
  const rows = shape[0];
  const columns = values.length / rows;
  const bytes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const from = values.subarray(row * columns, (row + 1) * columns);
    const peak = from.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    scales[row] = peak > 0 ? peak / 127 : 1;
    from.forEach((value, column) => (bytes[row * columns + column] = Math.round(value / scales[row])));
  }
  return {
    bytes: await graph.weight(`${name}/bytes`, shape, bytes),
    scales: await graph.weight(`${name}/scales`, [rows, ...shape.slice(1).map(() => 1)], scales),
  };
}

async function floats(name: string, shape: number[]): Promise<Value> {
  return graph.weight(name, shape, await weights.read(name, shape));
}

/** The rows of a table that are asked for. */
async function rowsOf(name: string, shape: number[], places: Value): Promise<Value> {
  const { bytes, scales } = await inBytes(name, shape);
  return graph.node('Mul', [
    asFloats(graph.node('Gather', [bytes, places])),
    graph.node('Gather', [scales, places]),
  ]);
}

async function layerNorm(name: string, x: Value): Promise<Value> {
  const parameters = [await floats(`${name}.weight`, [width]), await floats(`${name}.bias`, [width])];
  return graph.node('LayerNormalization', [x, ...parameters], {
    attributes: { axis: { int: -1 }, epsilon: { float: layerNormEpsilon } },
  });
}

const transposed = (x: Value) => graph.node('Transpose', [x], { attributes: { perm: { ints: [0, 2, 1] } } });

async function gatedLayer(name: string, [first, middle, last]: number[], x: Value): Promise<Value> {
  const { bytes, scales } = await inBytes(`${name}.convolution.weight`, [2 * width, width, 3]);
  const kernel = graph.node('Mul', [asFloats(bytes), scales]);
  const bias = await floats(`${name}.convolution.bias`, [2 * width]);
  const convolved = graph.node('Conv', [transposed(await layerNorm(`${name}.norm`, x)), kernel, bias], {
    attributes: {
      dilations: { ints: [middle - first] },
      kernel_shape: { ints: [3] },
      pads: { ints: [-first, last] },
    },
  });
  const [content, gate] = graph.nodeWithOutputs(2, 'Split', [convolved], {
    attributes: { axis: { int: 1 } },
  });
  const gated = graph.node('Mul', [content, graph.node('Sigmoid', [gate])]);
  return graph.node('Add', [x, transposed(gated)]);
}

async function linear(name: string, inputs: number, outputSize: number, x: Value): Promise<Value> {
  const matrix = turned(await floats(`${name}.weight`, [outputSize, inputs]));
  return graph.node('Add', [graph.node('MatMul', [x, matrix]), await floats(`${name}.bias`, [outputSize])]);
}

const turned = (x: Value) => graph.node('Transpose', [x], { attributes: { perm: { ints: [1, 0] } } });

const { vocabulary } = await readPunctuationModel(options.from);
const words = graph.input('words', 'int32', [1, 'words', featuresPerWord]);
const pauses = graph.input('pauses', 'int32', [1, 'words']);
let hidden = graph.node('Gather', [await floats('pauses.weight', [pauseClasses, embedding]), pauses]);
const rows = [vocabulary.size + 2, affixRows, affixRows];
for (const [feature, count] of rows.entries()) {
  const column = graph.node('Gather', [words, graph.integers(feature)], { attributes: { axis: { int: 2 } } });
  hidden = graph.node('Add', [hidden, await rowsOf(`tables.${feature}.weight`, [count, embedding], column)]);
}
hidden = await linear('widen', embedding, width, hidden);
for (const [place, layerTaps] of taps.entries()) {
  hidden = await gatedLayer(`layers.${place}`, layerTaps, hidden);
}
const logits = await linear('head', width, outputs, await layerNorm('norm', hidden));
graph.output(logits, 'logits', 'float32', [1, 'words', outputs]);
await source.close();

await mkdir(options.out, { recursive: true });
await writeFile(join(options.out, 'model.onnx'), graph.encode());
await copyFile(join(options.from, 'model.json'), join(options.out, 'model.json'));
