import type { Precision } from '../model.ts';
import {
  encodeModel,
  type Attribute,
  type ElementType,
  type Initializer,
  type Node,
  type Port,
} from './proto.ts';
import type { Place } from './weightFile.ts';

/** The name of a tensor in the graph: an input, a constant, or what a node gives. */
export type Value = string;

type NodeOptions = {
  attributes?: Record<string, Attribute>;
  domain?: string;
  /** How the node's outputs are called in the graph, for people who look at it. */
  name?: string;
};

/** Where big constants go: a file, or nowhere where the model is small and kept whole. */
type WeightStore = { location: string; append(values: Float32Array | Int8Array): Promise<Place> } | null;

/** Constants below this stay in the model, where shape inference sees them. */
const inlineBytes = 1024;

/** Collects the nodes and constants of one ONNX model, opset 17. */
export class Graph {
  /** What the matrices of linear layers are kept in; all else is float32. */
  readonly precision: Precision;
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #constants = new Map<string, Value>();
  readonly #store: WeightStore;
  readonly #scopes: string[] = [];
  #count = 0;

  constructor(store: WeightStore, precision: Precision = 'float32') {
    this.#store = store;
    this.precision = precision;
  }

  input(name: string, type: ElementType, shape: readonly (number | string)[]): Value {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Makes a value the model's output under that name. */
  output(value: Value, name: string, type: ElementType, shape: readonly (number | string)[]): void {
    this.#nodes.push({
      operator: 'Identity',
      domain: '',
      name: `output/${name}`,
      inputs: [value],
      outputs: [name],
      attributes: {},
    });
    this.#outputs.push({ name, type, shape });
  }

  /** Puts a folder's name before the names of all nodes that `build` adds. */
  async scope<T>(name: string, build: () => Promise<T>): Promise<T> {
    this.#scopes.push(name);
    try {
      return await build();
    } finally {
      this.#scopes.pop();
    }
  }

  /** Adds a node with one output. An empty input is one that is left out. */
  node(operator: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    return this.nodeWithOutputs(1, operator, inputs, options)[0];
  }

  /** Adds a node with several outputs. */
  nodeWithOutputs(
    count: number,
    operator: string,
    inputs: readonly Value[],
    options: NodeOptions = {},
  ): Value[] {
    const name = this.#name(options.name ?? operator);
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}.${i}`));
    this.#nodes.push({
      operator,
      domain: options.domain ?? '',
      name,
      inputs,
      outputs,
      attributes: options.attributes ?? {},
    });
    return outputs;
  }

  /** Whole numbers, as a vector or, given alone, as a scalar. */
  integers(values: number | readonly number[], type: 'int64' | 'int32' = 'int64'): Value {
    const list = typeof values === 'number' ? [values] : values;
    const bytes =
      type === 'int64'
        ? new Uint8Array(BigInt64Array.from(list, BigInt).buffer)
        : new Uint8Array(Int32Array.from(list).buffer);
    return this.#constant(type, typeof values === 'number' ? [] : [list.length], bytes);
  }

  /** A float32 scalar. */
  scalar(value: number): Value {
    return this.#constant('float32', [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /** Adds a tensor of weights; a big one goes straight to the file. */
  async weight(name: string, shape: readonly number[], values: Float32Array | Int8Array): Promise<Value> {
    const full = this.#name(name);
    const type: ElementType = values instanceof Int8Array ? 'int8' : 'float32';
    const tensor = { name: full, type, shape };
    if (this.#store && values.byteLength > inlineBytes) {
      const place = await this.#store.append(values);
      this.#initializers.push({ ...tensor, location: this.#store.location, ...place });
    } else {
      this.#initializers.push({
        ...tensor,
        bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      });
    }
    return full;
  }

  /** The whole model in ONNX's encoding. */
  encode(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const domains = new Set(['', ...this.#nodes.map((node) => node.domain)]);
    return encodeModel({
      producer: 'sewscribe',
      opset: 17,
      domains: [...domains],
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
      metadata,
    });
  }

  /** The same constant is kept once. */
  #constant(type: ElementType, shape: readonly number[], bytes: Uint8Array): Value {
    const key = `${type} ${shape.join()} ${Buffer.from(bytes).toString('base64')}`;
    let name = this.#constants.get(key);
    if (name === undefined) {
      name = `constant/${this.#constants.size}`;
      this.#constants.set(key, name);
      this.#initializers.push({ name, type, shape, bytes });
    }
    return name;
  }

  #name(label: string): string {
    return [...this.#scopes, `${label}_${this.#count++}`].join('/');
  }
}
