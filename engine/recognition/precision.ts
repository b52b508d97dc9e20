import { closeSync, openSync, readSync } from 'node:fs';
import { precisions, type ModelManifest, type Precision } from '../../native-models/model.ts';
import { UsageError } from '../errors.ts';
import type { RecogniserDevice } from './recogniser.ts';

/**
 * What a recogniser should compute in where speed counts: int8 where the model has it and the processor gains by it.
 * SEWSCRIBE_PRECISION says otherwise.
 * @throws UsageError where SEWSCRIBE_PRECISION is neither float32 nor int8
 */
export function fastestPrecision(
  { precisions: available }: Pick<ModelManifest, 'precisions'>,
  device: RecogniserDevice,
): Precision {
  const wanted = wantedPrecision() ?? (device === 'cpu' && hasFastBytes() ? 'int8' : 'float32');
  return available.includes(wanted) ? wanted : 'float32';
}

function wantedPrecision(): Precision | undefined {
  const wish = process.env['SEWSCRIBE_PRECISION'];
  if (!wish) return undefined;
  const known = precisions.find((precision) => precision === wish);
  if (!known) throw new UsageError(`SEWSCRIBE_PRECISION is "${wish}"; it can be ${precisions.join(' or ')}.`);
  return known;
}

let fastBytes: boolean | undefined;

/**
 * Whether this processor multiplies bytes faster than floats: by Intel's and AMD's VNNI or AMX. Without them
 * nothing was measured, and on AVX2 ONNX Runtime's sums of pairs of bytes saturate. Windows and macOS do not
 * list what a processor has in a file, and nothing was measured there: they stay with float32.
 */
function hasFastBytes(): boolean {
  fastBytes ??= process.platform === 'linux' && isFastWithBytes(firstProcessor());
  return fastBytes;
}

/** @param description of a processor, as in Linux's /proc/cpuinfo */
export function isFastWithBytes(description: string): boolean {
  const flags = /^flags\s*:(.*)$/m.exec(description)?.[1].split(' ') ?? [];
  return ['avx512_vnni', 'avx_vnni', 'amx_int8'].some((flag) => flags.includes(flag));
}

/** The file has a few kilobytes for each processor, and all are alike. */
function firstProcessor(): string {
  try {
    const file = openSync('/proc/cpuinfo', 'r');
    try {
      const bytes = Buffer.alloc(8192);
      return bytes.toString('latin1', 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
