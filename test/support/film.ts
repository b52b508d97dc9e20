import { join } from 'node:path';
import { ffmpeg } from './media.ts';
import { recital, type Placed } from './recitalMedia.ts';
import { writeWav } from './wav.ts';

/** A film with a moving picture that Chromium plays, in which clips are said. @returns its path */
export async function writeFilm(
  folder: string,
  name: string,
  placed: readonly Placed[],
  lengthMs: number,
  /** A source of ffmpeg's lavfi, without size, rate and length. */
  picture = 'testsrc2',
): Promise<string> {
  const sound = join(folder, `.${name}.wav`);
  const film = join(folder, `${name}.webm`);
  await writeWav(sound, await recital([...placed], lengthMs));
  await ffmpeg(
    ...[
      '-f',
      'lavfi',
      '-i',
      `${picture}${picture.includes('=') ? ':' : '='}s=160x90:r=10:d=${lengthMs / 1000}`,
      '-i',
      sound,
    ],
    ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '200k', '-g', '25'],
    ...['-c:a', 'libopus', '-shortest', film],
  );
  return film;
}
