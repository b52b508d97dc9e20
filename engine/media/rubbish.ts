import { readAdtsHeader, readMpegAudioHeader } from './frameHeaders.ts';

/** What ffprobe makes a frame of, in a file that is nothing but frames. */
export type Packet = { ptsSeconds: number; durationSeconds: number; bytes: number; position: number };

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
 * Tells frames from rubbish by their headers. ffprobe's words are not enough: it makes one packet of an MP3's rubbish,
 * and skips that of an ADTS file without a word, its positions falling behind the true ones.
 */
export class RubbishFinder {
  readonly zones: RubbishZone[] = [];
  private largest = 0;
  private average = 0;
  private bytes = 0;
  private countedFrames = 0;
  private framesSinceZone = 0;
  private end: number | null = null;
  /** How far ffprobe's positions have fallen behind. */
  private drift = 0;
  private readonly kind: 'mp3' | 'adts';
  private readonly readAt: Read;

  constructor(kind: 'mp3' | 'adts', readAt: Read) {
    this.kind = kind;
    this.readAt = readAt;
  }

  async push(packet: Packet): Promise<void> {
    await this.countPassedOver(packet.position + this.drift);
    const isFrame = this.kind === 'adts' ? await this.isAdtsFrame(packet) : await this.isMp3Frame(packet);
    this.end = packet.position + this.drift + packet.bytes;
    if (!isFrame) {
      this.bytes += packet.bytes;
      this.countedFrames += 1;
      return;
    }
    if (this.bytes > 0) this.endZone(packet);
    // What is usual follows the sound: variable rates change with it.
    this.largest = Math.max(packet.bytes, this.largest * 0.995);
    this.average = mean(this.average, packet.bytes, neighbours);
    const zone = this.zones.at(-1);
    if (zone && this.framesSinceZone < neighbours) {
      this.framesSinceZone += 1;
      zone.averageAfter = mean(zone.averageAfter, packet.bytes, this.framesSinceZone);
    }
  }

  private endZone(packet: Packet): void {
    if (this.average > 0) {
      this.zones.push({
        endPtsSeconds: packet.ptsSeconds,
        bytes: this.bytes,
        countedFrames: this.countedFrames,
        frameSeconds: packet.durationSeconds,
        averageBefore: this.average,
        averageAfter: 0,
      });
    }
    this.framesSinceZone = 0;
    this.bytes = 0;
    this.countedFrames = 0;
  }

  /** What ffprobe passed over without making a packet of it, but counted. */
  private async countPassedOver(position: number): Promise<void> {
    const passedOver = this.end === null ? 0 : position - this.end;
    if (passedOver > 0 && !(await this.isTag(this.end!))) this.bytes += passedOver;
  }

  private async isTag(position: number): Promise<boolean> {
    return tagMarks.test(Buffer.from(await this.readAt(position, headerBytes)).toString('latin1'));
  }

  /** Looked at only where its size is out of the ordinary. */
  private async isMp3Frame({ position, bytes }: Packet): Promise<boolean> {
    if (bytes <= this.largest * 1.25 || (await this.isTag(position))) return true;
    const header = readMpegAudioHeader(await this.readAt(position, headerBytes));
    return header !== null && (header.frameBytes === null || Math.abs(header.frameBytes - bytes) <= 1);
  }

  private async isAdtsFrame({ position, bytes }: Packet): Promise<boolean> {
    const window = await this.readAt(position + this.drift, searchBytes);
    const header = readAdtsHeader(window);
    if (header?.frameBytes === bytes) return bytes <= header.longestBytes;
    // It lies behind what was skipped: a frame of its length, with another behind it.
    for (let at = 0; at + bytes <= window.length; at += 1) {
      if (readAdtsHeader(window, at)?.frameBytes !== bytes) continue;
      if (at + bytes + headerBytes <= window.length && !readAdtsHeader(window, at + bytes)) continue;
      if (this.end !== null && !(await this.isTag(position + this.drift))) this.bytes += at;
      this.drift += at;
      return true;
    }
    return false;
  }
}

/** A running mean over about `count` values. */
function mean(before: number, value: number, count: number): number {
  return before === 0 ? value : before + (value - before) / count;
}
