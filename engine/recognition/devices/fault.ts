/**
 * Why an accelerator is not used: a library that it needs is missing; its driver failed or ended the process; its
 * memory was not enough; it computed other figures than the processor; it is no faster; it did not answer in time.
 */
export const deviceFaults = ['missing', 'driver', 'memory', 'wrong', 'slow', 'stuck'] as const;
export type DeviceFault = (typeof deviceFaults)[number];

/** What ONNX Runtime and its providers write where memory ran out: their arena, CUDA, cuBLAS and cuDNN, Direct3D 12. */
const memoryRanOut =
  /out of memory|ran out of memory|failed to allocate|not enough memory|insufficient memory|alloc_failed|outofmemory|8007000e/i;
const notFound =
  /failed to load (?:shared )?library|cannot open shared object|loadlibrary failed|dlopen|no suitable image/i;
/** What a recogniser says of a device that its ONNX Runtime was not built for. */
export const notInThisBuild = 'this platform does not have it';

/** @param detail what the runtime or the process wrote as it failed */
export function faultOf(detail: string): DeviceFault {
  if (memoryRanOut.test(detail)) return 'memory';
  return notFound.test(detail) || detail.includes(notInThisBuild) ? 'missing' : 'driver';
}

/** The library that a loader did not find, by its file's name; null where it names none. */
export function missingLibraryIn(detail: string): string | null {
  const named =
    /([\w+.-]+\.(?:so[.\d]*|dll|dylib)):? (?:cannot open|was not found|not found|image not found)/i;
  return named.exec(detail)?.[1] ?? null;
}
