import type * as OnnxRuntime from 'onnxruntime-node';

/**
 * ONNX Runtime, silenced: from version 1.29 its Linux and macOS builds send usage data unless this is set before the
 * library is loaded. Nothing else may import it, so that it is never loaded any other way.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node';

let runtime: Promise<typeof OnnxRuntime> | undefined;

/** Loaded when it is first needed: the engine starts without it, and can say what is wrong where it cannot be loaded. */
export function loadOnnxRuntime(): Promise<typeof OnnxRuntime> {
  runtime ??= import('onnxruntime-node');
  return runtime;
}
