import { readAdtsHeader, readMpegAudioHeader } from './frameHeaders.ts';

/** What ffmpeg takes for a frame, in a file that is nothing but frames. */
export type Packet = { ptsSeconds: number; durationSeconds: number; bytes: number };

/** A place where frames were destroyed. */
export type RubbishZone = {
  /** ffmpeg's time of the first frame behind it. */
  endPtsSeconds: number;
  bytes: number;
  /** What ffmpeg counted for it: one frame for each packet that it made of the rubbish. */
  countedFrames: number;
  frameSeconds: number;
  /** Bytes of a frame around it. */
  averageBefore: number;
  averageAfter: number;
};

/** Reads a piece of the file; shorter at its end. Good until the next piece is read. */
export type Read = (position: number, length: number) => Promise<Uint8Array>;

const headerBytes = 16;
/** How far behind rubbish the next frame is looked for. */
const searchBytes = 1 << 16;
/** As many frames as tell what is usual. */
const neighbours = 50;
/** Tags between two recordings that were joined as files. They last no time. */
const tagMarks = /^(ID3|TAG|APETAGEX|LYRICSBEGIN)/;

/**
 * Follows ffmpeg's packets through the file and tells frames from rubbish by their headers. ffmpeg makes one packet of
 * an MP3's rubbish, however long, and skips that of an ADTS file without a word.
 */
export class RubbishFinder {
  readonly zones: RubbishZone[] = [];
  private average = 0;
  private bytes = 0;
  private countedFrames = 0;
  private framesSinceZone = 0;
  private started = false;
  /** Where the next packet should lie. */
  private position: number;
  private readonly kind: 'mp3' | 'adts';
  private readonly readAt: Read;

  /** @param start where the first frame is looked for */
  constructor(kind: 'mp3' | 'adts', start: number, readAt: Read) {
    this.kind = kind;
    this.position = start;
    this.readAt = readAt;
  }

  /** Where the last packet ended. */
  get end(): number {
    return this.position;
  }

  async push(packet: Packet): Promise<void> {
    const window = await this.readAt(this.position, searchBytes);
    const at = this.isTag(window) ? 0 : this.findFrame(window, packet.bytes);
    this.position += Math.max(at, 0) + packet.bytes;
    if (at < 0) {
      this.bytes += packet.bytes;
      this.countedFrames += 1;
      return;
    }
    // What ffmpeg skipped; before the first frame it is only a tag.
    if (this.started) this.bytes += at;
    this.started = true;
    if (this.bytes > 0) this.endZone(packet);
    this.average = mean(this.average, packet.bytes, neighbours);
    const zone = this.zones.at(-1);
    if (zone && this.framesSinceZone < neighbours) {
      this.framesSinceZone += 1;
      zone.averageAfter = mean(zone.averageAfter, packet.bytes, this.framesSinceZone);
    }
  }

  private endZone(packet: Packet): void {
    this.zones.push({
      endPtsSeconds: packet.ptsSeconds,
      bytes: this.bytes,
      countedFrames: this.countedFrames,
      frameSeconds: packet.durationSeconds,
      averageBefore: this.average,
      averageAfter: 0,
    });
    this.framesSinceZone = 0;
    this.bytes = 0;
    this.countedFrames = 0;
  }

  private isTag(window: Uint8Array): boolean {
    return window[0] !== 0xff && tagMarks.test(String.fromCharCode(...window.subarray(0, headerBytes)));
  }

  /** Where in the window a frame of this length begins; -1 where none does. */
  private findFrame(window: Uint8Array, bytes: number): number {
    if (this.isFrame(window, 0, bytes)) return 0;
    for (let at = 1; at + bytes <= window.length; at += 1) {
      if (window[at] !== 0xff || !this.isFrame(window, at, bytes)) continue;
      // Rubbish looks like a frame now and then, but not with another right behind it.
      const next = at + bytes;
      if (next + headerBytes > window.length || this.isHeader(window, next)) return at;
    }
    return -1;
  }

  private isFrame(window: Uint8Array, at: number, bytes: number): boolean {
    if (this.kind === 'adts') {
      const header = readAdtsHeader(window, at);
      return header?.frameBytes === bytes && bytes <= header.longestBytes;
    }
    const header = readMpegAudioHeader(window, at);
    return header !== null && (header.frameBytes === null || Math.abs(header.frameBytes - bytes) <= 1);
  }

  private isHeader(window: Uint8Array, at: number): boolean {
    return (this.kind === 'adts' ? readAdtsHeader(window, at) : readMpegAudioHeader(window, at)) !== null;
  }
}

/** A running mean over about `count` values. */
function mean(before: number, value: number, count: number): number {
  return before === 0 ? value : before + (value - before) / count;
}
