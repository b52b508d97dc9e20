import type { Failure } from './contract.ts';
import type { DeviceFault } from './recognition/devices/fault.ts';

const codes: Record<string, Failure['code']> = {
  SourceError: 'source',
  ToolError: 'source',
  ModelError: 'model',
  DeviceError: 'device',
  WriteError: 'write',
  FormatError: 'source',
  UsageError: 'usage',
  LockedError: 'usage',
  DocumentError: 'source',
  OperationError: 'usage',
  AbortError: 'cancelled',
};

/** A device that was asked for is not there, or cannot compute. */
export class DeviceError extends Error {
  override name = 'DeviceError';
  readonly fault: DeviceFault;
  /** What the runtime or its process said. */
  readonly detail: string;

  constructor(message: string, { fault, detail }: { fault: DeviceFault; detail: string }) {
    super(message);
    this.fault = fault;
    this.detail = detail;
  }
}

/** A request that makes no sense, such as a track that the file does not have. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** What crosses the process boundary of an error: our own classes speak to a person, all others are ours to mend. */
export function toFailure(error: unknown): Failure {
  const known = error instanceof Error ? codes[error.name] : undefined;
  if (known && error instanceof Error) {
    return { code: known, message: error.message };
  }
  const what = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `Something unexpected went wrong (${what.split('\n')[0]}); the log has more.`,
  };
}

/** What the log keeps of a failure: of what a person can mend the sentence that they see, of all else where it comes from. */
export function toLog(error: unknown): unknown {
  const failure = toFailure(error);
  return ['source', 'usage', 'cancelled'].includes(failure.code) ? failure : error;
}
