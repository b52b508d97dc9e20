import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSafetensors } from '../../checkpoint/safetensors.ts';
import { Weights } from '../../checkpoint/tensors.ts';
import { Graph, type Value } from '../../onnx/graph.ts';
import { elementTypes } from '../../onnx/proto.ts';
import { voiceModel } from '../../speakers/voiceModel.ts';
import { melFilters } from './melFilters.ts';

/**
 * The weights that weights.py has taken out, as the graph that ships: from samples to voices, its matrices in 16 bits.
 * The network is the one of Wan and others, "Generalized End-to-End Loss for Speaker Verification" (2018).
 */

const sampleRateHz = 16_000;
const frameSamples = 400;
const frameHop = 160;
const bins = frameSamples / 2 + 1;
const bands = 40;
const size = voiceModel.embeddingSize;
const layers = 3;
const windowFrames = (voiceModel.windowSamples - frameSamples) / frameHop + 1;
const hopFrames = voiceModel.hopSamples / frameHop;
/** The loudness that the network was trained at: -30 dB of full scale, as the mean of squares. */
const trainedPower = 10 ** -3;
const silentPower = 1e-10;

const { values: options } = parseArgs({ options: { from: { type: 'string' }, out: { type: 'string' } } });
if (!options.from || !options.out) {
  process.stderr.write(
    'Usage: npx tsx native-models/training/speakers/toOnnx.ts --from FILE.safetensors --out DIR\n',
  );
  process.exit(2);
}

const graph = new Graph(null);
const source = await openSafetensors(options.from);
const weights = new Weights(source, '');

/** The transform of each frame under a periodic Hann window: cosines, then sines, [2 bins, 1, samples]. */
function transform(): Float32Array {
  const kernel = new Float32Array(2 * bins * frameSamples);
  for (let bin = 0; bin < bins; bin += 1) {
    for (let sample = 0; sample < frameSamples; sample += 1) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * sample) / frameSamples);
      const angle = (2 * Math.PI * ((bin * sample) % frameSamples)) / frameSamples;
      kernel[bin * frameSamples + sample] = window * Math.cos(angle);
      kernel[(bins + bin) * frameSamples + sample] = window * Math.sin(angle);
    }
  }
  return kernel;
}

/**
 * A matrix in 16 bits with a scale for each row: as 8 bits, and 8 more of what they leave. ONNX Runtime computes the
 * sum once, when it loads the graph.
 */
async function inBytes(name: string, shape: number[], values: Float32Array): Promise<Value> {
  const coarse = inEightBits(values, shape.at(-1)!);
  const fine = inEightBits(coarse.rest, shape.at(-1)!);
  const parts: Value[] = [];
  for (const [part, { bytes, scales }] of [coarse, fine].entries()) {
    const whole = await graph.weight(`${name}/${part}`, shape, bytes);
    const floats = graph.node('Cast', [whole], { attributes: { to: { int: elementTypes.float32 } } });
    const rows = await graph.weight(`${name}/scales${part}`, [...shape.slice(0, -1), 1], scales);
    parts.push(graph.node('Mul', [floats, rows]));
  }
  return graph.node('Add', parts);
}

function inEightBits(values: Float32Array, columns: number) {
  const bytes = new Int8Array(values.length);
  const scales = new Float32Array(values.length / columns);
  const rest = new Float32Array(values.length);
  for (let row = 0; row < scales.length; row += 1) {
    const from = values.subarray(row * columns, (row + 1) * columns);
    scales[row] = from.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127 || 1;
  }
  values.forEach((value, place) => {
    const scale = scales[Math.floor(place / columns)];
    bytes[place] = Math.round(value / scale);
    rest[place] = value - bytes[place] * scale;
  });
  return { bytes, scales, rest };
}

/** PyTorch has the gates in the order input, forget, cell, output; ONNX input, output, forget, cell. */
function inOnnxOrder(values: Float32Array): Float32Array {
  const gate = values.length / 4;
  const ordered = new Float32Array(values.length);
  [0, 3, 1, 2].forEach((from, to) => ordered.set(values.subarray(from * gate, (from + 1) * gate), to * gate));
  return ordered;
}

/** @param x [frames, windows, inputs] @returns the outputs of all frames, [frames, windows, size], or of the last one, [windows, size] */
async function recurrentLayer(layer: number, inputs: number, x: Value, isLast: boolean): Promise<Value> {
  const read = async (name: string, shape: number[]) =>
    inOnnxOrder(await weights.read(`lstm.${name}_l${layer}`, shape));
  const biases = new Float32Array(8 * size);
  biases.set(await read('bias_ih', [4 * size]));
  biases.set(await read('bias_hh', [4 * size]), 4 * size);
  const [all, last] = graph.nodeWithOutputs(
    2,
    'LSTM',
    [
      x,
      await inBytes(`inputs${layer}`, [1, 4 * size, inputs], await read('weight_ih', [4 * size, inputs])),
      await inBytes(`states${layer}`, [1, 4 * size, size], await read('weight_hh', [4 * size, size])),
      await graph.weight(`biases${layer}`, [1, 8 * size], biases),
    ],
    { attributes: { hidden_size: { int: size } } },
  );
  // The axis of directions, of which there is one.
  return isLast
    ? graph.node('Squeeze', [last, graph.integers([0])])
    : graph.node('Squeeze', [all, graph.integers([1])]);
}

const attribute = (name: string, value: number) => ({ attributes: { [name]: { int: value } } });

/** The power of each frame in all bands, [frames, bands], and in all, [frames]. */
async function spectrum(waveform: Value): Promise<{ mel: Value; power: Value }> {
  const sound = graph.node('Unsqueeze', [waveform, graph.integers([1])]);
  const kernel = await graph.weight('transform', [2 * bins, 1, frameSamples], transform());
  const waves = graph.node('Conv', [sound, kernel], { attributes: { strides: { ints: [frameHop] } } });
  const squares = graph.node('Squeeze', [graph.node('Mul', [waves, waves]), graph.integers([0])]);
  const [cosines, sines] = graph.nodeWithOutputs(2, 'Split', [squares], attribute('axis', 0));
  const powers = graph.node('Add', [cosines, sines]);
  const filters = await graph.weight('filters', [bands, bins], melFilters(bands, frameSamples, sampleRateHz));
  const mel = graph.node('MatMul', [filters, powers]);
  return {
    mel: graph.node('Transpose', [mel], { attributes: { perm: { ints: [1, 0] } } }),
    power: graph.node('ReduceSum', [powers, graph.integers([0])], attribute('keepdims', 0)),
  };
}

/** Which frames each window has, [windows, frames]. */
function framesOfWindows(mel: Value): Value {
  const frames = graph.node('Gather', [graph.node('Shape', [mel]), graph.integers(0)]);
  const end = graph.node('Add', [
    graph.node('Sub', [frames, graph.integers(windowFrames)]),
    graph.integers(1),
  ]);
  const starts = graph.node('Range', [graph.integers(0), end, graph.integers(hopFrames)]);
  const steps = graph.integers(Array.from({ length: windowFrames }, (_, frame) => frame));
  return graph.node('Add', [graph.node('Unsqueeze', [starts, graph.integers([1])]), steps]);
}

const waveform = graph.input('waveform', 'float32', [1, 'samples']);
const { mel, power } = await spectrum(waveform);
const places = framesOfWindows(mel);
// By Parseval, a frame's spectrum has half of (squares of the Hann window) x transform size times its mean square.
const spectrumOfPower = (frameSamples / 2) * (frameSamples * (3 / 8));
const loudness = graph.node('ReduceMean', [graph.node('Gather', [power, places])], {
  attributes: { axes: { ints: [1] }, keepdims: { int: 1 } },
});
const gain = graph.node('Div', [
  graph.scalar(trainedPower * spectrumOfPower),
  graph.node('Max', [loudness, graph.scalar(silentPower * spectrumOfPower)]),
]);
const levelled = graph.node('Mul', [
  graph.node('Gather', [mel, places]),
  graph.node('Unsqueeze', [gain, graph.integers([2])]),
]);
let hidden = graph.node('Transpose', [levelled], { attributes: { perm: { ints: [1, 0, 2] } } });
for (let layer = 0; layer < layers; layer += 1) {
  hidden = await recurrentLayer(layer, layer === 0 ? bands : size, hidden, layer === layers - 1);
}
const matrix = await inBytes('linear', [size, size], await weights.read('linear.weight', [size, size]));
const turned = graph.node('Transpose', [matrix], { attributes: { perm: { ints: [1, 0] } } });
const raw = graph.node('Relu', [
  graph.node('Add', [
    graph.node('MatMul', [hidden, turned]),
    await graph.weight('bias', [size], await weights.read('linear.bias', [size])),
  ]),
]);
const lengths = graph.node('ReduceL2', [raw], {
  attributes: { axes: { ints: [1] }, keepdims: { int: 1 } },
});
const voices = graph.node('Div', [raw, graph.node('Max', [lengths, graph.scalar(1e-6)])]);
graph.output(graph.node('Unsqueeze', [voices, graph.integers([0])]), 'logits', 'float32', [
  1,
  'windows',
  size,
]);
await source.close();

await mkdir(options.out, { recursive: true });
await writeFile(join(options.out, 'model.onnx'), graph.encode());
