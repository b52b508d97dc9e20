import { FormatError } from './format.ts';
import { decode, detectEncoding } from './detection.ts';

export type EncodeOptions = { bom?: boolean; crlf?: boolean };

/** A text as the bytes of a file: UTF-8, without a mark and with LF unless asked for. */
export function encodeText(text: string, { bom = false, crlf = false }: EncodeOptions = {}): Uint8Array {
  return new TextEncoder().encode((bom ? '\ufeff' : '') + (crlf ? text.replace(/\r?\n/g, '\r\n') : text));
}

/**
 * The text of a file's bytes, without a byte-order mark.
 * @param encoding a label of the Encoding Standard; found from the bytes where it is missing
 * @throws FormatError where there is no such encoding, or the bytes are no text
 */
export function decodeText(
  bytes: Uint8Array,
  name: string,
  encoding = detectEncoding(bytes),
): { text: string; encoding: string } {
  if (encoding === undefined) {
    throw new FormatError(`“${name}” is no text file; choose a transcript or subtitles.`);
  }
  try {
    const decoded = decode(bytes, encoding);
    return { ...decoded, text: decoded.text.replace(/^\ufeff/, '') };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new FormatError(
      `“${name}” cannot be read as “${encoding}”: there is no such encoding; try windows-1252 or utf-8.`,
      { cause },
    );
  }
}
