import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileUrl, guards } from './ffmpeg.ts';
import { probe } from './probe.ts';
import { findMediaTools } from './tools.ts';
import { SourceError } from './types.ts';

const run = promisify(execFile);

/** How much of a picture must be new, 0..1; ffmpeg's own advice is 0.3 to 0.5. */
const leastScore = 0.3;
/** Small pictures tell it as well, and are compared sooner. */
const widthPixels = 320;
const mostOutputBytes = 2 ** 26;

/**
 * When a film's pictures change at once, by ffmpeg's scene detection, in ms of the media's clock.
 * @returns none for a medium without pictures
 * @throws SourceError, ToolError
 */
export async function shotChanges(path: string): Promise<number[]> {
  const { video } = await probe(path);
  if (video === null) return [];
  const { ffmpeg } = await findMediaTools();
  const filter = `scale=${widthPixels}:-2,select='gt(scene,${leastScore})',metadata=print:file=-`;
  const args = [
    ...['-hide_banner', '-nostdin', '-v', 'error', ...guards, '-i', fileUrl(path)],
    ...['-map', '0:V:0', '-an', '-sn', '-dn', '-vf', filter, '-f', 'null', '-'],
  ];
  const { stdout } = await run(ffmpeg.path, args, { maxBuffer: mostOutputBytes }).catch((cause: unknown) => {
    throw new SourceError(`The pictures of “${path}” cannot be read; leave --shots away.`, { cause });
  });
  return [...stdout.matchAll(/pts_time:([\d.]+)/g)].map(([, seconds]) => Math.round(Number(seconds) * 1000));
}
