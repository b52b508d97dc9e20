import { writeFile } from 'node:fs/promises';

/** Mono or interleaved samples as a 16-bit WAV file. */
export async function writeWav(
  path: string,
  samples: Float32Array,
  options: { sampleRateHz?: number; channels?: number } = {},
): Promise<void> {
  const { sampleRateHz = 16000, channels = 1 } = options;
  const data = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, k) =>
    data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32767), k * 2),
  );
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  await writeFile(path, Buffer.concat([header, data]));
}
