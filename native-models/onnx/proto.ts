import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

// The part of onnx.proto that a model of ours needs, by field number: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

export const elementTypes = { float32: 1, int8: 3, int32: 6, int64: 7, bool: 9 } as const;

export type ElementType = keyof typeof elementTypes;

export type Attribute =
  { int: number } | { float: number } | { string: string } | { ints: readonly number[] };

export type Node = {
  operator: string;
  /** The operator's home where it is not ONNX itself, as `com.microsoft`. */
  domain: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
};

/** A constant: its bytes in the model, or where they lie in the file of weights. */
export type Initializer = {
  name: string;
  type: ElementType;
  shape: readonly number[];
} & ({ bytes: Uint8Array } | { location: string; offsetBytes: number; lengthBytes: number });

/** A dimension is a number, or a name where it is known only when it runs. */
export type Port = { name: string; type: ElementType; shape: readonly (number | string)[] };

export type Model = {
  producer: string;
  opset: number;
  domains: readonly string[];
  nodes: readonly Node[];
  initializers: readonly Initializer[];
  inputs: readonly Port[];
  outputs: readonly Port[];
  metadata: Readonly<Record<string, string>>;
};

/** ONNX's IR version that goes with opset 17. */
const irVersion = 8;

type Write = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function entry(writer: BinaryWriter, field: number, key: string, value: string): void {
  message(writer, field, (w) => {
    text(w, 1, key);
    text(w, 2, value);
  });
}

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  message(writer, 5, (w) => {
    text(w, 1, name);
    if ('float' in value) {
      w.tag(2, WireType.Bit32).float(value.float);
      integer(w, 20, 1);
    } else if ('int' in value) {
      integer(w, 3, value.int);
      integer(w, 20, 2);
    } else if ('string' in value) {
      text(w, 4, value.string);
      integer(w, 20, 3);
    } else {
      for (const item of value.ints) integer(w, 8, item);
      integer(w, 20, 7);
    }
  });
}

function writeNode(writer: BinaryWriter, node: Node): void {
  message(writer, 1, (w) => {
    for (const input of node.inputs) text(w, 1, input);
    for (const output of node.outputs) text(w, 2, output);
    text(w, 3, node.name);
    text(w, 4, node.operator);
    for (const [name, value] of Object.entries(node.attributes)) writeAttribute(w, name, value);
    if (node.domain) text(w, 7, node.domain);
  });
}

function writeInitializer(writer: BinaryWriter, tensor: Initializer): void {
  message(writer, 5, (w) => {
    for (const size of tensor.shape) integer(w, 1, size);
    integer(w, 2, elementTypes[tensor.type]);
    text(w, 8, tensor.name);
    if ('bytes' in tensor) {
      w.tag(9, WireType.LengthDelimited).bytes(tensor.bytes);
    } else {
      entry(w, 13, 'location', tensor.location);
      entry(w, 13, 'offset', String(tensor.offsetBytes));
      entry(w, 13, 'length', String(tensor.lengthBytes));
      integer(w, 14, 1);
    }
  });
}

function writePort(writer: BinaryWriter, field: number, port: Port): void {
  message(writer, field, (w) => {
    text(w, 1, port.name);
    message(w, 2, (type) =>
      message(type, 1, (tensor) => {
        integer(tensor, 1, elementTypes[port.type]);
        message(tensor, 2, (shape) => {
          for (const size of port.shape) {
            message(shape, 1, (dimension) =>
              typeof size === 'number' ? integer(dimension, 1, size) : text(dimension, 2, size),
            );
          }
        });
      }),
    );
  });
}

/** A model in ONNX's protobuf encoding. */
export function encodeModel(model: Model): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, irVersion);
  text(writer, 2, model.producer);
  message(writer, 7, (graph) => {
    for (const node of model.nodes) writeNode(graph, node);
    text(graph, 2, 'model');
    for (const tensor of model.initializers) writeInitializer(graph, tensor);
    for (const port of model.inputs) writePort(graph, 11, port);
    for (const port of model.outputs) writePort(graph, 12, port);
  });
  for (const domain of model.domains) {
    message(writer, 8, (w) => {
      text(w, 1, domain);
      integer(w, 2, domain === '' ? model.opset : 1);
    });
  }
  for (const [key, value] of Object.entries(model.metadata)) entry(writer, 14, key, value);
  return writer.finish();
}
