import type { UploadResult } from '../engine/contract.ts';
import { said } from './strings/sentences.ts';

/** One connection to a shell, as the transport tells of it. */
export type TransportEvents = {
  onOpen(): void;
  /** A message as JSON text or as bytes, unchecked. */
  onMessage(data: string | Uint8Array): void;
  /** Also where it never opened. */
  onClose(): void;
};

export type Connection = { send(text: string): void; close(): void };

export type UploadOptions = { signal: AbortSignal; onProgress(bytes: number): void };

/** The id is for `queue.add`. */
export type Uploaded = Pick<UploadResult, 'mediaId' | 'bytes'>;

/** How messages travel between page and shell: a WebSocket, or Electron's own channel. */
export type Transport = {
  connect(events: TransportEvents): Connection;
  /** @throws BridgeFailure */
  upload(file: File, options: UploadOptions): Promise<Uploaded>;
};

export type FailureCode = 'usage' | 'source' | 'model' | 'device' | 'write' | 'cancelled' | 'internal';

/** Something that could not be done; the message is for a person to read. */
export class BridgeFailure extends Error {
  override name = 'BridgeFailure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What to show of anything that was thrown, in the interface's language as far as that is known. */
export function sentenceOf(cause: unknown): string {
  return said(cause instanceof Error ? cause.message : String(cause));
}
