const mpeg1Rates = [44100, 48000, 32000];
/** Kilobits a second by index: MPEG-1 layer III, MPEG-1 layer II, and MPEG-2 and 2.5 layers II and III. */
const kilobits = {
  mpeg1Layer3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg1Layer2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

export type MpegAudioHeader = {
  mpeg1: boolean;
  mono: boolean;
  sampleRateHz: number;
  frameBytes: number | null;
};

/**
 * The header of an MPEG audio frame, layer II or III (ISO/IEC 11172-3, 2.4.1.3; 13818-3).
 *
 * @returns null where no frame begins; frameBytes is null where the header leaves the rate open ("free format")
 */
export function readMpegAudioHeader(bytes: Uint8Array, at = 0): MpegAudioHeader | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1] >> 3) & 3;
  const layer = 4 - ((bytes[at + 1] >> 1) & 3);
  const rate = mpeg1Rates[(bytes[at + 2] >> 2) & 3];
  const rateIndex = bytes[at + 2] >> 4;
  if (version === 1 || layer === 4 || layer === 1 || rate === undefined || rateIndex === 15) return null;
  const mpeg1 = version === 3;
  const sampleRateHz = rate / (mpeg1 ? 1 : version === 2 ? 2 : 4);
  const table = mpeg1 ? (layer === 3 ? kilobits.mpeg1Layer3 : kilobits.mpeg1Layer2) : kilobits.mpeg2;
  const bytesPerKilobit = (mpeg1 || layer === 2 ? 144 : 72) * 1000;
  const padded = (bytes[at + 2] >> 1) & 1;
  const frameBytes =
    rateIndex === 0 ? null : Math.floor((bytesPerKilobit * table[rateIndex]) / sampleRateHz) + padded;
  return { mpeg1, mono: bytes[at + 3] >> 6 === 3, sampleRateHz, frameBytes };
}

/**
 * The length of an AAC frame by its ADTS header (ISO/IEC 13818-7, 6.2), and the most that a frame of so many channels
 * may have (6144 bits each, 3.2.2); null where none begins.
 */
export function readAdtsHeader(
  bytes: Uint8Array,
  at = 0,
): { frameBytes: number; longestBytes: number } | null {
  if (at + 6 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xf6) !== 0xf0) return null;
  const channels = ((bytes[at + 2] & 1) << 2) | (bytes[at + 3] >> 6);
  return {
    frameBytes: ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5),
    longestBytes: 768 * (channels === 0 || channels === 7 ? 8 : channels) + 9,
  };
}
