import chardet from 'chardet';

/** What chardet calls otherwise than the Encoding Standard, or tells apart where one holds the other. */
const labels: Record<string, string> = {
  ASCII: 'utf-8',
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-9': 'windows-1254',
  GB18030: 'gb18030',
};

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

/** UTF-16 without a mark: digits, spaces and line ends have a zero in one half of their two bytes. */
function bareUtf16(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 === 1 && bytes.length < 4) return undefined;
  const sample = bytes.subarray(0, 65_536);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] += 1;
  });
  const pairs = sample.length / 2;
  const [high, low] = zeros;
  if (high > pairs * 0.1 && low < high * 0.1) return 'utf-16be';
  if (low > pairs * 0.1 && high < low * 0.1) return 'utf-16le';
  return undefined;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Bytes that no text has: many control characters. */
function isBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 65_536);
  let controls = 0;
  for (const byte of sample)
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12) controls += 1;
  return controls > sample.length * 0.02 + 1;
}

/**
 * The encoding of a text file, as a label that TextDecoder knows; undefined where the bytes are no text.
 * A mark decides, then UTF-16 by its zeros, then valid UTF-8, then what the letters make likely.
 */
export function detectEncoding(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) return 'utf-8';
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  const wide = bareUtf16(bytes);
  if (wide !== undefined) return wide;
  if (isBinary(bytes)) return undefined;
  if (isUtf8(bytes)) return 'utf-8';
  for (const { name } of chardet.analyse(bytes)) {
    const label = labels[name] ?? name;
    try {
      return new TextDecoder(label).encoding;
    } catch {
      continue;
    }
  }
  return 'windows-1252';
}
