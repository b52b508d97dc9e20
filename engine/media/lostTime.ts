import { open } from 'node:fs/promises';
import { streamFfprobe } from './ffmpeg.ts';
import { readAdtsHeader, readMpegAudioHeader } from './frameHeaders.ts';

/** Formats without any time stamps, in which ffmpeg counts frames and so forgets those that were destroyed. */
export function countsFrames(formatName: string): boolean {
  return formatName === 'mp3' || formatName === 'aac';
}

type Packet = { ptsSeconds: number; durationSeconds: number; bytes: number; position: number };

/** Tags between two recordings that were joined as files. They last no time. */
const tagMarks = /^(ID3|TAG|APETAGEX|LYRICSBEGIN)/;

/**
 * Finds how much time was destroyed in an MP3 or ADTS file: where rubbish stands in place of frames, ffmpeg makes one
 * frame of it, however long it is, and all that follows would come early. The rubbish is taken to have held as many
 * frames as its bytes hold of the frames before it. Runs beside the decoder, ahead of it.
 */
export class LostTime {
  private readonly shifts: { fromSeconds: number; seconds: number }[] = [];
  private reachedSeconds = -Infinity;
  private wake: (() => void) | null = null;
  private readonly stopped = new AbortController();
  private readonly finished: Promise<void>;

  constructor(ffprobePath: string, path: string, streamIndex: number) {
    this.finished = this.scan(ffprobePath, path, streamIndex)
      // Nothing was found then, which leaves the times as ffmpeg counts them.
      .catch(() => undefined)
      .then(() => this.reach(Infinity));
  }

  /** How much later than ffmpeg says a frame at this time really lies. */
  async before(ptsSeconds: number): Promise<number> {
    while (this.reachedSeconds <= ptsSeconds) await new Promise<void>((wake) => (this.wake = wake));
    return this.shifts.findLast((shift) => shift.fromSeconds <= ptsSeconds)?.seconds ?? 0;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.finished;
  }

  private reach(seconds: number): void {
    this.reachedSeconds = seconds;
    this.wake?.();
    this.wake = null;
  }

  private async scan(ffprobePath: string, path: string, streamIndex: number): Promise<void> {
    const entries = [
      '-select_streams',
      String(streamIndex),
      '-show_entries',
      'packet=pts_time,duration_time,size,pos',
    ];
    const file = await open(path);
    try {
      const judge = new PacketJudge(async (position, length) => {
        const bytes = new Uint8Array(length);
        const { bytesRead } = await file.read(bytes, 0, length, position);
        return bytes.subarray(0, bytesRead);
      });
      let lines = 0;
      for await (const line of streamFfprobe(ffprobePath, path, [...entries, '-of', 'compact=p=0'])) {
        if (this.stopped.signal.aborted) return;
        const packet = readPacket(line);
        if (!packet) continue;
        const lostSeconds = await judge.lostBefore(packet);
        if (lostSeconds > 0) {
          const before = this.shifts.at(-1)?.seconds ?? 0;
          const fromSeconds = packet.ptsSeconds - packet.durationSeconds / 2;
          this.shifts.push({ fromSeconds, seconds: before + lostSeconds });
        }
        lines += 1;
        if (lines % 256 === 0) this.reach(packet.ptsSeconds - 1);
      }
    } finally {
      await file.close();
    }
  }
}

function readPacket(line: string): Packet | null {
  const value = (key: string) => {
    const at = line.indexOf(`${key}=`);
    return at < 0 ? NaN : Number.parseFloat(line.slice(at + key.length + 1));
  };
  const packet = {
    ptsSeconds: value('pts_time'),
    durationSeconds: value('duration_time'),
    bytes: value('size'),
    position: value('pos'),
  };
  return Object.values(packet).every(Number.isFinite) ? packet : null;
}

type Read = (position: number, length: number) => Promise<Uint8Array>;

const headerBytes = 16;
/** How far behind rubbish the next frame is looked for. */
const searchBytes = 1 << 16;

/** Tells frames from rubbish, by their headers where their size is out of the ordinary. */
class PacketJudge {
  private largest = 0;
  private average = 0;
  private rubbishBytes = 0;
  private rubbishSeconds = 0;
  private end: number | null = null;
  /** How far behind the true position ffprobe's have fallen: it does not count what it skips in ADTS. */
  private drift = 0;
  private readonly readAt: Read;

  constructor(readAt: Read) {
    this.readAt = readAt;
  }

  /** The time that rubbish before this packet held, beyond what was counted for it; 0 within rubbish. */
  async lostBefore(packet: Packet): Promise<number> {
    const position = packet.position + this.drift;
    // What ffprobe passed over without making a packet of it.
    const passedOver = this.end === null ? 0 : position - this.end;
    if (passedOver > 0 && !(await this.isTag(this.end!))) this.rubbishBytes += passedOver;
    this.end = position + packet.bytes;
    if (packet.bytes > this.largest * 1.25 && (await this.isRubbish(position, packet.bytes))) {
      this.rubbishBytes += packet.bytes;
      this.rubbishSeconds += packet.durationSeconds;
      return 0;
    }
    if (this.rubbishBytes > 0) await this.catchUp(position, packet.bytes);
    const frames = this.average > 0 ? Math.round(this.rubbishBytes / this.average) : 0;
    const lost = frames * packet.durationSeconds - this.rubbishSeconds;
    this.rubbishBytes = 0;
    this.rubbishSeconds = 0;
    // What is usual follows the sound: variable rates change with it.
    this.largest = Math.max(packet.bytes, this.largest * 0.995);
    this.average = this.average === 0 ? packet.bytes : this.average * 0.98 + packet.bytes * 0.02;
    return Math.max(0, lost);
  }

  /** Finds the ADTS frame that the first packet after rubbish really is: one of its length, with another behind it. */
  private async catchUp(position: number, bytes: number): Promise<void> {
    const window = await this.readAt(position, searchBytes);
    for (let at = 0; at + bytes <= window.length; at += 1) {
      if (readAdtsHeader(window, at)?.frameBytes !== bytes) continue;
      if (at + bytes + headerBytes <= window.length && !readAdtsHeader(window, at + bytes)) continue;
      this.drift += at;
      this.end = position + at + bytes;
      this.rubbishBytes += at;
      return;
    }
  }

  private async isTag(position: number): Promise<boolean> {
    return tagMarks.test(Buffer.from(await this.readAt(position, headerBytes)).toString('latin1'));
  }

  private async isRubbish(position: number, bytes: number): Promise<boolean> {
    const start = await this.readAt(position, headerBytes);
    if (await this.isTag(position)) return false;
    const adts = readAdtsHeader(start);
    if (adts) return Math.abs(adts.frameBytes - bytes) > 1 || adts.frameBytes > adts.longestBytes;
    const mpeg = readMpegAudioHeader(start);
    return mpeg === null || (mpeg.frameBytes !== null && Math.abs(mpeg.frameBytes - bytes) > 1);
  }
}
