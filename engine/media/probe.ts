import * as z from 'zod';
import { FfmpegError, runFfmpeg, runFfprobe } from './ffmpeg.ts';
import { readMp3Header, readWaveHeader, startsLikeMp4 } from './headers.ts';
import { checkSource, named } from './source.ts';
import { findMediaTools } from './tools.ts';
import { SourceError, type AudioTrack, type MediaInfo } from './types.ts';

const text = z.string().optional().catch(undefined);
const number = z.coerce.number().finite().optional().catch(undefined);
const tags = z.record(z.string(), z.string()).optional().catch(undefined);

const probeAnswer = z.object({
  format: z.object({ format_name: z.string(), duration: number, tags }),
  streams: z
    .array(
      z.object({
        index: z.number().int(),
        codec_type: text,
        codec_name: text,
        channels: number,
        channel_layout: text,
        sample_rate: number,
        duration: number,
        avg_frame_rate: text,
        r_frame_rate: text,
        width: number,
        height: number,
        disposition: z.object({ attached_pic: number, default: number }).optional().catch(undefined),
        tags,
      }),
    )
    .default([]),
});

type Stream = z.infer<typeof probeAnswer>['streams'][number];

const probedEntries = [
  'format=format_name,duration:format_tags',
  'stream=index,codec_type,codec_name,channels,channel_layout,sample_rate,duration,avg_frame_rate,r_frame_rate,width,height',
  'stream_tags:stream_disposition=attached_pic,default',
].join(':');

/**
 * What is in a media file: its audio tracks, each tried with our own decoder, and its picture's clock.
 *
 * @throws SourceError when there is nothing that could be transcribed; ToolError without ffmpeg; the signal's reason
 *   when cancelled.
 */
export async function probe(path: string, signal?: AbortSignal): Promise<MediaInfo> {
  const file = await checkSource(path);
  const { ffmpeg, ffprobe } = await findMediaTools();
  const { json, log } = await askFfprobe(ffprobe.path, path, file, signal);
  const { format, streams } = probeAnswer.parse(JSON.parse(json));

  const audio = streams.filter((stream) => stream.codec_type === 'audio');
  if (audio.length === 0) {
    throw new SourceError(`${named(path)} has no audio track; choose a file with sound.`);
  }
  const tracks: AudioTrack[] = [];
  for (const [position, stream] of audio.entries()) {
    const decodable = await canDecode(ffmpeg.path, file, stream, signal);
    tracks.push({
      number: position + 1,
      streamIndex: stream.index,
      codec: stream.codec_name && !['none', 'unknown'].includes(stream.codec_name) ? stream.codec_name : null,
      decodable,
      isDefault: stream.disposition?.default === 1,
      channels: stream.channels ?? 0,
      channelLayout:
        stream.channel_layout && stream.channel_layout !== 'unknown' ? stream.channel_layout : null,
      sampleRateHz: stream.sample_rate ?? 0,
      language: tagOf(stream.tags, 'language'),
      title: tagOf(stream.tags, 'title'),
      headerDurationMs:
        statesTrackLengths(format.format_name) && stream.duration ? stream.duration * 1000 : null,
    });
  }
  const headerDurationMs = await ownDuration(file, format.format_name, format.duration, log);
  return {
    path,
    formatName: format.format_name,
    headerDurationMs,
    tracks,
    video: videoOf(streams, format.tags),
  };
}

async function askFfprobe(ffprobePath: string, path: string, file: string, signal?: AbortSignal) {
  try {
    return await runFfprobe(ffprobePath, file, ['-show_entries', probedEntries], signal);
  } catch (error) {
    if (!(error instanceof FfmpegError)) throw error;
    // It may have gone since we looked.
    await checkSource(path);
    throw new SourceError(await sentenceForRefusal(error.logTail, path, file), { cause: error });
  }
}

async function sentenceForRefusal(log: string, path: string, file: string): Promise<string> {
  if (/moov atom not found/.test(log) && (await startsLikeMp4(file))) {
    return `${named(path)} breaks off before its index was written, so its sound cannot be found; copy it again, or let the device that recorded it repair it.`;
  }
  if (/not on whitelist/.test(log)) {
    return `${named(path)} is a playlist or a kind of file that holds no recording itself; choose the recording that it points to.`;
  }
  return `${named(path)} is not a media file that can be read, or is damaged from the start; choose another file or copy it again.`;
}

/**
 * Whether our ffmpeg gets sound out of a track, found by trying: ffprobe may be another version, and an encrypted
 * track has a codec that is known.
 */
async function canDecode(
  ffmpegPath: string,
  path: string,
  stream: Stream,
  signal?: AbortSignal,
): Promise<boolean> {
  signal?.throwIfAborted();
  const seconds = 20;
  let failures = 0;
  const run = runFfmpeg(
    ffmpegPath,
    path,
    ['-threads', '1', '-t', String(seconds)],
    ['-map', `0:${stream.index}`, '-frames:a', '1', '-f', 'f32le'],
    (line) => {
      if (/\[(error|fatal)\]/.test(line)) failures += 1;
    },
  );
  signal?.addEventListener('abort', run.kill, { once: true });
  let bytes = 0;
  run.output.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const error = await run.ended;
  signal?.removeEventListener('abort', run.kill);
  signal?.throwIfAborted();
  // A track that only begins later gives nothing yet, and no error either.
  return bytes > 0 || (error === null && failures === 0);
}

/** In other containers ffprobe repeats the file's length or an estimate. */
function statesTrackLengths(formatName: string): boolean {
  return /^(mov|avi)\b/.test(formatName);
}

/** The container's own word on its length, without what ffprobe only guesses. */
async function ownDuration(
  path: string,
  formatName: string,
  seconds: number | undefined,
  log: string,
): Promise<number | null> {
  if (formatName === 'wav') {
    const header = await readWaveHeader(path);
    if (header) return header.durationMs;
  }
  if (formatName === 'mp3') return (await readMp3Header(path))?.durationMs ?? null;
  if (/Estimating duration from bitrate/.test(log)) return null;
  return seconds === undefined || seconds <= 0 ? null : seconds * 1000;
}

function videoOf(streams: Stream[], formatTags: Record<string, string> | undefined): MediaInfo['video'] {
  const video = streams.find(
    (stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1,
  );
  if (!video) return null;
  const timecode = [video.tags, formatTags, ...streams.map((stream) => stream.tags)]
    .map((tags) => tagOf(tags, 'timecode'))
    .find((found) => found !== null);
  return {
    frameRate: rateOf(video.avg_frame_rate) ?? rateOf(video.r_frame_rate),
    width: video.width ?? 0,
    height: video.height ?? 0,
    startTimecode: timecode ?? null,
  };
}

function rateOf(fraction: string | undefined): number | null {
  const [numerator, denominator = 1] = (fraction ?? '').split('/').map(Number);
  const rate = numerator / denominator;
  return Number.isFinite(rate) && rate > 0 ? rate : null;
}

function tagOf(found: Record<string, string> | undefined, name: string): string | null {
  const key = Object.keys(found ?? {}).find((candidate) => candidate.toLowerCase() === name);
  const value = key && found?.[key].trim();
  return value && value !== 'und' ? value : null;
}
