import type { ErrorCode } from '../engine/contract.ts';
import { writeError } from '../files/writeWhole.ts';

/** The exit codes that docs/cli.md promises. */
export const exitCodes = {
  done: 0,
  someFailed: 1,
  usage: 2,
  source: 3,
  model: 4,
  device: 5,
  write: 6,
  cancelled: 130,
} as const;

/** A command that cannot go on; the message is what the person reads. */
export class CommandFailure extends Error {
  override name = 'CommandFailure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function usageFailure(message: string): CommandFailure {
  return new CommandFailure(message, exitCodes.usage);
}

const byEngineCode: Record<ErrorCode, number> = {
  usage: exitCodes.usage,
  source: exitCodes.source,
  model: exitCodes.model,
  device: exitCodes.device,
  write: exitCodes.write,
  cancelled: exitCodes.cancelled,
  internal: exitCodes.someFailed,
};

const byErrorName: Record<string, number> = {
  ModelError: exitCodes.model,
  WriteError: exitCodes.write,
  FormatError: exitCodes.source,
  DocumentError: exitCodes.source,
  SourceError: exitCodes.source,
};

/** The exit code that an error means. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandFailure) return error.exitCode;
  if (error instanceof Error && 'code' in error && error.name === 'EngineFailure') {
    return byEngineCode[error.code as ErrorCode];
  }
  if (isSystemError(error)) return exitCodes.write;
  return error instanceof Error ? (byErrorName[error.name] ?? exitCodes.someFailed) : exitCodes.someFailed;
}

/** A system error of the disk that nobody has put into a sentence. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException & { path: string } {
  return error instanceof Error && 'syscall' in error && 'path' in error && typeof error.path === 'string';
}

/** What a person reads of an error: at most a few lines, no stack. */
export function messageOf(error: unknown): string {
  const { message } = isSystemError(error)
    ? writeError(error.path, error)
    : error instanceof Error
      ? error
      : { message: String(error) };
  return message.split('\n').slice(0, 5).join('\n').slice(0, 1200);
}
