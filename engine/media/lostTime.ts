import { open, type FileHandle } from 'node:fs/promises';
import { streamFfprobe } from './ffmpeg.ts';
import { RubbishFinder, type Packet, type Read, type RubbishZone } from './rubbish.ts';
import type { MediaInfo } from './types.ts';

/** Formats without any time stamps, in which ffmpeg counts frames and so forgets those that were destroyed. */
export function countsFrames(formatName: string): boolean {
  return formatName === 'mp3' || formatName === 'aac';
}

/** How often the reader tells how far it is. */
const packetsPerStep = 256;

/**
 * Finds how much time was destroyed in an MP3 or ADTS file: where rubbish stands in place of frames, ffmpeg makes one
 * frame of it, however long it is, and all that follows would come early. Runs beside the decoder, ahead of it; where
 * it finds something, the decoder waits there until the whole file has been looked through.
 */
export class LostTime {
  private shifts: { fromSeconds: number; seconds: number }[] = [];
  private reachedSeconds = -Infinity;
  private wake: (() => void) | null = null;
  private stopped = false;
  private readonly finished: Promise<void>;

  /**
   * @param promisedFrames how many frames the file's header counts, when the file is as long as the header says;
   *   then the time lost is known, and not only estimated
   */
  constructor(ffprobePath: string, info: MediaInfo, streamIndex: number, promisedFrames: number | null) {
    this.finished = this.scan(ffprobePath, info, streamIndex, promisedFrames)
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
    this.stopped = true;
    await this.finished;
  }

  private reach(seconds: number): void {
    this.reachedSeconds = seconds;
    this.wake?.();
    this.wake = null;
  }

  private async scan(
    ffprobePath: string,
    { path, formatName }: MediaInfo,
    streamIndex: number,
    promisedFrames: number | null,
  ) {
    const options = [
      ...['-select_streams', String(streamIndex), '-of', 'compact=p=0'],
      ...['-show_entries', 'packet=pts_time,duration_time,size,pos'],
    ];
    const file = await open(path);
    try {
      const finder = new RubbishFinder(formatName === 'aac' ? 'adts' : 'mp3', windowOn(file));
      let packets = 0;
      for await (const line of streamFfprobe(ffprobePath, path, options)) {
        if (this.stopped) return;
        const packet = readPacket(line);
        if (!packet) continue;
        await finder.push(packet);
        packets += 1;
        if (packets % packetsPerStep === 0 && finder.zones.length === 0) this.reach(packet.ptsSeconds - 1);
      }
      const lost = promisedFrames === null ? null : promisedFrames - packets;
      this.shifts = shiftsOf(finder.zones, lost);
    } finally {
      await file.close();
    }
  }
}

/** What each zone held by its bytes and its neighbours' rate, brought to the sum that is known. */
function shiftsOf(
  zones: RubbishZone[],
  lostFrames: number | null,
): { fromSeconds: number; seconds: number }[] {
  const estimates = zones.map((zone) => {
    const average = zone.averageAfter > 0 ? (zone.averageBefore + zone.averageAfter) / 2 : zone.averageBefore;
    return Math.max(0, zone.bytes / average - zone.countedFrames);
  });
  const sum = estimates.reduce((total, frames) => total + frames, 0);
  const scale = lostFrames !== null && lostFrames > 0 && sum > 0 ? lostFrames / sum : 1;
  let seconds = 0;
  return zones.map((zone, index) => {
    seconds += Math.round(estimates[index] * scale) * zone.frameSeconds;
    return { fromSeconds: zone.endPtsSeconds - zone.frameSeconds / 2, seconds };
  });
}

/** Reads pieces that lie close together, in large steps. */
function windowOn(file: FileHandle): Read {
  const window = new Uint8Array(1 << 20);
  let start = 0;
  let filled = 0;
  return async (position, length) => {
    if (position < start || position + length > start + filled) {
      start = position;
      filled = (await file.read(window, 0, window.length, position)).bytesRead;
    }
    return window.subarray(position - start, Math.min(position - start + length, filled));
  };
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
