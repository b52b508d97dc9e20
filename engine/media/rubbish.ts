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

type Read = (position: number, length: number) => Promise<Uint8Array>;

const headerBytes = 16;
/** How far behind rubbish the next frame is looked for. */
const searchBytes = 1 << 16;
/** As many frames as tell what is usual. */
const neighbours = 50;
/** Tags between two recordings that were joined as files. They last no time. */
const tagMarks = /^(ID3|TAG|APETAGEX|LYRICSBEGIN)/;

/** Tells frames from rubbish, by their headers where their size is out of the ordinary. */
export class RubbishFinder {
  readonly zones: RubbishZone[] = [];
  private largest = 0;
  private average = 0;
  private bytes = 0;
  private countedFrames = 0;
  private framesSinceZone = 0;
  private end: number | null = null;
  /** How far behind the true position ffprobe's have fallen: it does not count what it skips in ADTS. */
  private drift = 0;
  private readonly readAt: Read;

  constructor(readAt: Read) {
    this.readAt = readAt;
  }

  async push(packet: Packet): Promise<void> {
    const position = packet.position + this.drift;
    // What ffprobe passed over without making a packet of it.
    const passedOver = this.end === null ? 0 : position - this.end;
    if (passedOver > 0 && !(await this.isTag(this.end!))) this.bytes += passedOver;
    this.end = position + packet.bytes;
    if (packet.bytes > this.largest * 1.25 && (await this.isRubbish(position, packet.bytes))) {
      this.bytes += packet.bytes;
      this.countedFrames += 1;
      return;
    }
    if (this.bytes > 0) await this.endZone(packet, position);
    // What is usual follows the sound: variable rates change with it.
    this.largest = Math.max(packet.bytes, this.largest * 0.995);
    this.average = mean(this.average, packet.bytes, neighbours);
    const zone = this.zones.at(-1);
    if (zone && this.framesSinceZone < neighbours) {
      this.framesSinceZone += 1;
      zone.averageAfter = mean(zone.averageAfter, packet.bytes, this.framesSinceZone);
    }
  }

  private async endZone(packet: Packet, position: number): Promise<void> {
    await this.catchUp(position, packet.bytes);
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

  /** Finds the ADTS frame that the first packet after rubbish really is: one of its length, with another behind it. */
  private async catchUp(position: number, bytes: number): Promise<void> {
    const window = await this.readAt(position, searchBytes);
    for (let at = 0; at + bytes <= window.length; at += 1) {
      if (readAdtsHeader(window, at)?.frameBytes !== bytes) continue;
      if (at + bytes + headerBytes <= window.length && !readAdtsHeader(window, at + bytes)) continue;
      this.drift += at;
      this.end = position + at + bytes;
      this.bytes += at;
      return;
    }
  }

  private async isTag(position: number): Promise<boolean> {
    return tagMarks.test(Buffer.from(await this.readAt(position, headerBytes)).toString('latin1'));
  }

  private async isRubbish(position: number, bytes: number): Promise<boolean> {
    if (await this.isTag(position)) return false;
    const start = await this.readAt(position, headerBytes);
    const adts = readAdtsHeader(start);
    if (adts) return Math.abs(adts.frameBytes - bytes) > 1 || adts.frameBytes > adts.longestBytes;
    const mpeg = readMpegAudioHeader(start);
    return mpeg === null || (mpeg.frameBytes !== null && Math.abs(mpeg.frameBytes - bytes) > 1);
  }
}

/** A running mean over about `count` values. */
function mean(before: number, value: number, count: number): number {
  return before === 0 ? value : before + (value - before) / count;
}
