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
      const judge = new PacketJudge(async (position) => {
        const bytes = new Uint8Array(16);
        await file.read(bytes, 0, bytes.length, position);
        return bytes;
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

/** Tells frames from rubbish, by their headers where their size is out of the ordinary. */
class PacketJudge {
  private largest = 0;
  private average = 0;
  private rubbishBytes = 0;
  private rubbishSeconds = 0;
  private end: number | null = null;
  private readonly readAt: (position: number) => Promise<Uint8Array>;

  constructor(readAt: (position: number) => Promise<Uint8Array>) {
    this.readAt = readAt;
  }

  /** The time that rubbish before this packet held, beyond what was counted for it; 0 within rubbish. */
  async lostBefore(packet: Packet): Promise<number> {
    // What ffprobe passed over without making a packet of it.
    const passedOver = this.end === null ? 0 : packet.position - this.end;
    if (passedOver > 0 && !(await this.isTag(packet.position - passedOver))) this.rubbishBytes += passedOver;
    this.end = packet.position + packet.bytes;
    if (packet.bytes > this.largest * 1.25 && (await this.isRubbish(packet))) {
      this.rubbishBytes += packet.bytes;
      this.rubbishSeconds += packet.durationSeconds;
      return 0;
    }
    const frames = this.average > 0 ? Math.round(this.rubbishBytes / this.average) : 0;
    const lost = frames * packet.durationSeconds - this.rubbishSeconds;
    this.rubbishBytes = 0;
    this.rubbishSeconds = 0;
    // What is usual follows the sound: variable rates change with it.
    this.largest = Math.max(packet.bytes, this.largest * 0.995);
    this.average = this.average === 0 ? packet.bytes : this.average * 0.98 + packet.bytes * 0.02;
    return Math.max(0, lost);
  }

  private async isTag(position: number): Promise<boolean> {
    return tagMarks.test(Buffer.from(await this.readAt(position)).toString('latin1'));
  }

  private async isRubbish(packet: Packet): Promise<boolean> {
    if (await this.isTag(packet.position)) return false;
    const bytes = await this.readAt(packet.position);
    const adts = readAdtsHeader(bytes);
    if (adts) return Math.abs(adts.frameBytes - packet.bytes) > 1 || adts.frameBytes > adts.longestBytes;
    const mpeg = readMpegAudioHeader(bytes);
    return mpeg === null || (mpeg.frameBytes !== null && Math.abs(mpeg.frameBytes - packet.bytes) > 1);
  }
}
