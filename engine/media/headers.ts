import { open, type FileHandle } from 'node:fs/promises';
import { readMpegAudioHeader } from './frameHeaders.ts';

/** What a WAV file's own header says of its sound. */
export type WaveHeader = {
  /** The length that it gives; null where it gives none (0, or the "endless" of recorders that never came back). */
  durationMs: number | null;
  /** Whether sound goes on behind the length given, so that the length must not be believed. */
  understated: boolean;
};

/** A length from here on is a recorder's way to say "until I stop"; real sizes end at 4 GiB. */
const endlessBytes = 0x7fff0000;

/**
 * Reads a RIFF/WAVE header, as far as lengths go (Multimedia Programming Interface and Data Specifications 1.0).
 *
 * @returns null where the file is no plain WAV (RF64 and W64 state their lengths reliably)
 */
export async function readWaveHeader(path: string): Promise<WaveHeader | null> {
  return withFile(path, async (file, fileBytes) => {
    const riff = await readAt(file, 0, 12);
    if (riff.toString('latin1', 0, 4) !== 'RIFF' || riff.toString('latin1', 8, 12) !== 'WAVE') return null;
    let bytesPerSecond = 0;
    for (let at = 12, chunks = 0; at + 8 <= fileBytes && chunks < 1000; chunks += 1) {
      const head = await readAt(file, at, 8);
      const name = head.toString('latin1', 0, 4);
      const size = head.readUInt32LE(4);
      if (name === 'fmt ') bytesPerSecond = (await readAt(file, at + 16, 4)).readUInt32LE(0);
      if (name === 'data') {
        const present = fileBytes - at - 8;
        const endless = size === 0 || (size >= endlessBytes && size > present);
        const understated =
          !endless && size < present && !(await chunksFollow(file, at + 8 + size, fileBytes));
        const bytes = endless || understated ? present : size;
        return {
          durationMs: bytesPerSecond > 0 ? (bytes / bytesPerSecond) * 1000 : null,
          understated,
        };
      }
      at += 8 + size + (size % 2);
    }
    return null;
  });
}

/** Whether what lies there is a row of chunks that ends with the file, as it does behind a length that is right. */
async function chunksFollow(file: FileHandle, start: number, fileBytes: number): Promise<boolean> {
  for (const first of [start + (start % 2), start]) {
    let at = first;
    while (at + 8 <= fileBytes) {
      const head = await readAt(file, at, 8);
      if (!/^[\x20-\x7e]{4}$/.test(head.toString('latin1', 0, 4))) break;
      const size = head.readUInt32LE(4);
      at += 8 + size + (size % 2);
    }
    // A tail too short for a chunk is padding.
    if (at > first && at >= fileBytes - 8 && at <= fileBytes + 1) return true;
  }
  // Not enough for a chunk, and not enough to be missed.
  return fileBytes - start < 64;
}

/** What an MP3's Xing, Info or VBRI header says. */
export type Mp3Header = {
  durationMs: number;
  frames: number;
  /** How many bytes of frames it counts; null where it does not say. */
  bytes: number | null;
  /** How many there are. */
  presentBytes: number;
  /** Where the first frame of sound begins in the file. */
  firstFrame: number;
  /** Whether its frames are of different sizes, so that a place in the file tells no time. */
  isVariable: boolean;
};

/**
 * Reads the header that an encoder writes into the first frame. Without one an MP3 has no word on its length, and
 * what ffprobe says is a guess from the first frame's bit rate.
 */
export async function readMp3Header(path: string): Promise<Mp3Header | null> {
  return withFile(path, async (file, fileBytes) => {
    const id3 = await readAt(file, 0, 10);
    const tagged = id3.toString('latin1', 0, 3) === 'ID3';
    // Four bytes of seven bits each (ID3v2.4, 6.2); a footer repeats the header.
    const tagBytes = tagged
      ? 10 + ((id3[6] << 21) | (id3[7] << 14) | (id3[8] << 7) | id3[9]) + (id3[5] & 0x10 ? 10 : 0)
      : 0;
    const start = await readAt(file, tagBytes, 4096);
    for (let at = 0; at + 200 < start.length; at += 1) {
      const header = readMpegAudioHeader(start, at);
      if (!header) continue;
      const { mpeg1, mono, sampleRateHz } = header;
      const counts = countsAt(start, at + 4 + (mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17), at + 36);
      if (!counts) return null;
      const durationMs = (counts.frames * (mpeg1 ? 1152 : 576) * 1000) / sampleRateHz;
      const firstFrame = tagBytes + at + (header.frameBytes ?? 0);
      return { ...counts, durationMs, presentBytes: fileBytes - tagBytes - at, firstFrame };
    }
    return null;
  });
}

function countsAt(
  bytes: Buffer,
  xing: number,
  vbri: number,
): Pick<Mp3Header, 'frames' | 'bytes' | 'isVariable'> | null {
  const tag = bytes.toString('latin1', xing, xing + 4);
  if ((tag === 'Xing' || tag === 'Info') && bytes[xing + 7] & 1) {
    return {
      frames: bytes.readUInt32BE(xing + 8),
      bytes: bytes[xing + 7] & 2 ? bytes.readUInt32BE(xing + 12) : null,
      isVariable: tag === 'Xing',
    };
  }
  if (bytes.toString('latin1', vbri, vbri + 4) === 'VBRI') {
    const [count, frames] = [bytes.readUInt32BE(vbri + 10), bytes.readUInt32BE(vbri + 14)];
    return { frames, bytes: count, isVariable: true };
  }
  return null;
}

/** Whether a file begins with a box of an MP4 or MOV file (ISO/IEC 14496-12, 4.2), and is not only named like one. */
export async function startsLikeMp4(path: string): Promise<boolean> {
  const name = await withFile(path, async (file) => (await readAt(file, 4, 4)).toString('latin1'));
  return name !== null && /^(ftyp|mdat|moov|moof|free|skip|wide|pnot)$/.test(name);
}

async function withFile<T>(
  path: string,
  read: (file: FileHandle, bytes: number) => Promise<T>,
): Promise<T | null> {
  const file = await open(path).catch(() => null);
  if (!file) return null;
  try {
    return await read(file, (await file.stat()).size);
  } catch {
    // A header that cannot be read says nothing; what ffmpeg makes of the file decides.
    return null;
  } finally {
    await file.close();
  }
}

/** Bytes beyond the file's end are zeros. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await file.read(buffer, 0, length, position);
  return buffer;
}
