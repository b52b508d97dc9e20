/** The rate at which everything behind the decoder works. */
export const sampleRateHz = 16000;

export type AudioTrack = {
  /** 1 is the first audio track, as `--track` counts. */
  number: number;
  /** The index of the stream in its container. */
  streamIndex: number;
  codec: string | null;
  /** Whether our ffmpeg has a decoder for it. */
  decodable: boolean;
  /** Whether the file says that players take it where nobody chooses. */
  isDefault: boolean;
  channels: number;
  channelLayout: string | null;
  sampleRateHz: number;
  language: string | null;
  title: string | null;
  /** The track's own length by the header, where the container states one for each track. */
  headerDurationMs?: number | null;
};

export type MediaInfo = {
  path: string;
  /** The container's own word, which may be wrong; null where it has none. */
  headerDurationMs: number | null;
  formatName: string;
  tracks: AudioTrack[];
  video: { frameRate: number | null; width: number; height: number; startTimecode: string | null } | null;
};

/** Consecutive samples, at 16 kHz. Between two blocks there may be a hole (later `startSample`), never an overlap. */
export type AudioBlock = {
  /** Where on the media's clock (0 where a player starts) the first sample lies, in samples at 16 kHz. */
  startSample: number;
  /** One array a channel, all of one length; a mix has one. */
  channels: Float32Array[];
};

export type DecodeOptions = {
  /** As AudioTrack.number; missing: the file's default (`wantedTrack`). */
  track?: number;
  channels: 'mix' | 'split';
  fromMs?: number;
  toMs?: number;
  signal?: AbortSignal;
};

/** What the decode itself found, known when its iteration has ended. */
export type DecodeReport = {
  /** The end of the last sample on the media's clock. */
  endMs: number;
  /** What a person should know: a damaged place, an end before the header's, an inverted channel. One sentence each. */
  warnings: string[];
  /** Whether part of the sound could not be read (it breaks off, or has a damaged place): the text is then incomplete. */
  incomplete: boolean;
};

/** A source that cannot be read; the message is one sentence that names the file and what to do. */
export class SourceError extends Error {
  override name = 'SourceError';
}
