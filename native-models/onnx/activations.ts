import { ModelError } from '../model.ts';
import type { Graph, Value } from './graph.ts';

type Activation = (graph: Graph, x: Value) => Value;

/** x (1 + erf(x / sqrt 2)) / 2, in the shape that ONNX Runtime fuses to one kernel. */
const gelu: Activation = (graph, x) => {
  const erf = graph.node('Erf', [graph.node('Div', [x, graph.scalar(Math.SQRT2)])]);
  const twice = graph.node('Mul', [x, graph.node('Add', [erf, graph.scalar(1)])]);
  return graph.node('Mul', [twice, graph.scalar(0.5)]);
};

/** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 (Hendrycks and Gimpel, arXiv 1606.08415). */
const geluTanh: Activation = (graph, x) => {
  const cubed = graph.node('Mul', [graph.node('Mul', [x, x]), x]);
  const inner = graph.node('Add', [x, graph.node('Mul', [cubed, graph.scalar(0.044715)])]);
  const tanh = graph.node('Tanh', [graph.node('Mul', [inner, graph.scalar(Math.sqrt(2 / Math.PI))])]);
  const half = graph.node('Mul', [x, graph.scalar(0.5)]);
  return graph.node('Mul', [half, graph.node('Add', [tanh, graph.scalar(1)])]);
};

const simple =
  (operator: string): Activation =>
  (graph, x) =>
    graph.node(operator, [x]);

const clip = (graph: Graph, x: Value, low: number, high: number) =>
  graph.node('Clip', [x, graph.scalar(low), graph.scalar(high)]);

/** x sigmoid(factor x) */
const swish =
  (factor: number): Activation =>
  (graph, x) => {
    const scaled = factor === 1 ? x : graph.node('Mul', [x, graph.scalar(factor)]);
    return graph.node('Mul', [x, graph.node('Sigmoid', [scaled])]);
  };

/** By the names that transformers gives them in `hidden_act` and `feat_extract_activation`. */
const activations: Readonly<Record<string, Activation>> = {
  gelu,
  gelu_python: gelu,
  gelu_10: (graph, x) => clip(graph, gelu(graph, x), -10, 10),
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_accurate: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  gelu_python_tanh: geluTanh,
  quick_gelu: swish(1.702),
  silu: swish(1),
  swish: swish(1),
  relu: simple('Relu'),
  relu2: (graph, x) => {
    const relu = graph.node('Relu', [x]);
    return graph.node('Mul', [relu, relu]);
  },
  relu6: (graph, x) => clip(graph, x, 0, 6),
  leaky_relu: (graph, x) => graph.node('LeakyRelu', [x], { attributes: { alpha: { float: 0.01 } } }),
  hardswish: simple('HardSwish'),
  sigmoid: simple('Sigmoid'),
  tanh: simple('Tanh'),
  linear: (_graph, x) => x,
  mish: (graph, x) => graph.node('Mul', [x, graph.node('Tanh', [graph.node('Softplus', [x])])]),
  sqrtsoftplus: (graph, x) => graph.node('Sqrt', [graph.node('Softplus', [x])]),
  /** erf scaled and moved (arXiv 2209.10655), with the reference's constants. */
  laplace: (graph, x) => {
    const moved = graph.node('Sub', [x, graph.scalar(0.707107)]);
    const erf = graph.node('Erf', [graph.node('Div', [moved, graph.scalar(0.282095 * Math.SQRT2)])]);
    return graph.node('Mul', [graph.node('Add', [erf, graph.scalar(1)]), graph.scalar(0.5)]);
  },
};

/**
 * The activation of that name.
 * @throws ModelError where it is not known, naming config.json's field.
 */
export function activationNamed(name: string, field: string): Activation {
  if (!Object.hasOwn(activations, name)) {
    const known = Object.keys(activations).join(', ');
    throw new ModelError(`config.json: the ${field} "${name}" cannot be converted (known are ${known}).`);
  }
  return activations[name];
}
