import { access, readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { runtimeFiles } from '../../../native-models/onnxRuntime.ts';
import type { RecogniserDevice } from '../recogniser.ts';

export type AcceleratorDevice = Exclude<RecogniserDevice, 'cpu'>;

/** The accelerator that a platform may have. */
export type Accelerator = {
  device: AcceleratorDevice;
  /** The driver's version; the system's where the driver cannot be asked without a shell, or comes with the system. */
  driver: string;
  /** A file beside ONNX Runtime that the device needs and that is not there. */
  missingFile: string | null;
};

/** What decides whether an accelerator works; read from files, without starting or loading anything. */
export type Hardware = {
  /** As in `linux-x64`. */
  platform: string;
  runtimeVersion: string;
  /** Null where there is no sign of one, so that nobody waits for a trial. */
  accelerator: Accelerator | null;
};

/** The platform that has a device; ONNX Runtime's builds for Node have it nowhere else. */
export const platformOf: Record<AcceleratorDevice, readonly string[]> = {
  cuda: ['linux-x64'],
  dml: ['win32-x64', 'win32-arm64'],
  coreml: ['darwin-arm64'],
};

/** What a device needs beside ONNX Runtime's own library. */
const neededFiles: Record<AcceleratorDevice, readonly string[]> = {
  cuda: ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'],
  dml: ['DirectML.dll'],
  coreml: [],
};

const nvidiaDriver = '/proc/driver/nvidia/version';
/** Windows' own driver as its subsystem for Linux sees it, which has no file of its version. */
const nvidiaDriverInWsl = '/usr/lib/wsl/lib/libcuda.so.1';

export async function readHardware(): Promise<Hardware> {
  const platform = `${process.platform}-${process.arch}`;
  const runtime = runtimeFiles();
  const device = (Object.keys(platformOf) as AcceleratorDevice[]).find((candidate) =>
    platformOf[candidate].includes(platform),
  );
  const driver = device && runtime && (await driverOf(device));
  if (!driver) return { platform, runtimeVersion: runtime?.version ?? '', accelerator: null };
  return {
    platform,
    runtimeVersion: runtime.version,
    accelerator: { device, driver, missingFile: await firstMissing(runtime.folder, neededFiles[device]) },
  };
}

/** Null where there is no driver, and so no device. */
async function driverOf(device: AcceleratorDevice): Promise<string | null> {
  if (device !== 'cuda') return `${process.platform} ${release()}`;
  const version = await readFile(nvidiaDriver, 'utf8').catch(() => null);
  if (version !== null) return version.split('\n')[0].replace(/\s+/g, ' ').trim();
  return (await exists(nvidiaDriverInWsl)) ? `wsl ${release()}` : null;
}

async function firstMissing(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    if (!(await exists(join(folder, name)))) return name;
  }
  return null;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
