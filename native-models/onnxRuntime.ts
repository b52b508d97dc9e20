import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as OnnxRuntime from 'onnxruntime-node';
import * as z from 'zod';

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

/** Its version and the folder of its libraries for this platform, without loading it; undefined where it is missing. */
export function runtimeFiles(): { version: string; folder: string } | undefined {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve('onnxruntime-node/package.json');
    const { version } = z.object({ version: z.string() }).parse(require(path));
    return { version, folder: join(dirname(path), 'bin/napi-v6', process.platform, process.arch) };
  } catch {
    return undefined;
  }
}
