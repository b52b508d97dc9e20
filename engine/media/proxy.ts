import { wantedTrack } from './chooseTrack.ts';
import { fileUrl, guards } from './ffmpeg.ts';
import { probe } from './probe.ts';
import { findMediaTools } from './tools.ts';
import { SourceError } from './types.ts';

/** A program that writes a medium's sound to its standard output, in a form that every browser plays. */
export type ProxyCommand = { program: string; args: string[]; contentType: string };

/**
 * How to play the sound of what a browser cannot play (AVI, AMR, WMA, AC-3 …): Opus in WebM, made on the fly.
 * Its time 0 is `fromMs` of the media; before a track that begins late there is silence.
 * @throws SourceError
 */
export async function proxyCommand(
  path: string,
  { fromMs, track }: { fromMs: number; track?: number },
): Promise<ProxyCommand> {
  const { ffmpeg } = await findMediaTools();
  const info = await probe(path);
  const sound = wantedTrack(info.tracks, track);
  if (!sound) throw new SourceError(`There is no sound in “${path}” that can be played.`);
  const args = [
    ...['-hide_banner', '-nostdin', '-v', 'error', ...guards],
    ...(fromMs > 0 ? ['-ss', (fromMs / 1000).toFixed(3)] : []),
    ...['-i', fileUrl(path), '-map', `0:${sound.streamIndex}`, '-vn', '-sn', '-dn'],
    ...['-af', 'aresample=48000:async=1:first_pts=0', '-ac', String(Math.min(2, sound.channels))],
    ...['-c:a', 'libopus', '-b:a', '96k', '-f', 'webm', 'pipe:1'],
  ];
  return { program: ffmpeg.path, args, contentType: 'audio/webm; codecs=opus' };
}
