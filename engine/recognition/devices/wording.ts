import { missingLibraryIn, notInThisBuild, type DeviceFault } from './fault.ts';
import type { AcceleratorDevice } from './hardware.ts';

/** What a person calls a device. */
export const deviceNames: Record<AcceleratorDevice, string> = {
  cuda: 'the graphics card (CUDA)',
  dml: 'the graphics card (DirectML)',
  coreml: 'Apple’s accelerator (Core ML)',
};

/** Where a device can be, for a person. */
export const systemNames: Record<AcceleratorDevice, string> = {
  cuda: 'Linux on x64 processors',
  dml: 'Windows',
  coreml: 'macOS on Apple silicon',
};

/** Gets what ONNX Runtime's npm package leaves out, as its own install script documents it. */
const cudaCommand = 'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12';

/** Why a device is not used, as the rest of a sentence after "because". */
export function becauseOf(fault: DeviceFault, detail: string): string {
  const library = missingLibraryIn(detail);
  const reasons: Record<DeviceFault, string> = {
    missing: library
      ? `the library ${library} is missing`
      : detail.includes(notInThisBuild)
        ? 'this system does not have it'
        : 'a library that it needs is missing',
    driver: 'its driver failed',
    memory: 'its memory was not enough',
    wrong: 'it computed other figures than the processor',
    slow: 'it is no faster than the processor',
    stuck: 'it did not answer in time',
  };
  return reasons[fault];
}

/** The sentence of a job that does without a device from the beginning. */
export function notUsed(device: AcceleratorDevice, fault: DeviceFault, detail: string): string {
  const more = fault === 'slow' ? '' : '; "sewscribe doctor" says more';
  return `${capital(deviceNames[device])} is not used because ${becauseOf(fault, detail)}, so the processor does the work${more}.`;
}

/** The sentence of a job in whose middle a device failed. */
export function gaveUp(device: AcceleratorDevice, fault: DeviceFault, detail: string): string {
  return `${capital(deviceNames[device])} was given up in the middle because ${becauseOf(fault, detail)}; the processor did the rest.`;
}

/** What a person can do about it; null where nothing is to be done. */
export function mendOf(device: AcceleratorDevice, fault: DeviceFault, detail: string): string | null {
  if (fault === 'slow') return null;
  if (fault === 'memory') return 'close other programs that use the device, or take a smaller model';
  if (device === 'coreml') return 'update macOS';
  if (device === 'dml') {
    return fault === 'missing' ? 'run "npm ci" again' : "update the graphics card's driver and Windows";
  }
  if (fault !== 'missing') return "update NVIDIA's driver (525 or newer for CUDA 12)";
  const isOurs = (missingLibraryIn(detail) ?? 'libonnxruntime').startsWith('libonnxruntime');
  return isOurs
    ? `in the folder of sewscribe: ${cudaCommand}; NVIDIA's CUDA 12 and cuDNN 9 libraries are needed too`
    : "install NVIDIA's CUDA 12 and cuDNN 9 libraries, and put their folder into LD_LIBRARY_PATH";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
