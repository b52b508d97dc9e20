import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { memoryInLargePages } from '../engine/recognition/launcher.ts';
import { randomCheckpoint } from '../native-models/checkpoint/random.ts';
import { shapeNames, type ShapeName } from '../native-models/checkpoint/shapes.ts';
import { graphFiles, modelFiles, precisions, type Precision } from '../native-models/model.ts';
import { convertOpened } from '../native-models/onnx/convert.ts';

const usage = `How fast the acoustic model alone is: our graphs beside a plain export of the reference, in turn.

  npx tsx bench/acoustic.ts --plain DIR [--ours DIR] [--shape NAME]... [--seconds N]... [--runs N] [--threads N]

DIR of --plain is what bench/acoustic_plain_export.py writes; without it only ours are measured. DIR of --ours keeps the
converted models (default: .cache/bench). Prints a Markdown table: audio seconds per second, medians, and how many times
the plain export's that is.`;

type Side = 'plain' | Precision;

type Session = {
  /** @returns milliseconds that a run over so much noise took */
  run(seconds: number): Promise<number>;
  close(): void;
};

/** ONNX Runtime's threads wait busily for a while after a run, which would slow down the next session's. */
const settleMs = 100;

const { values } = parseArgs({
  options: {
    plain: { type: 'string' },
    ours: { type: 'string', default: '.cache/bench' },
    shape: { type: 'string', multiple: true },
    seconds: { type: 'string', multiple: true },
    runs: { type: 'string', default: '7' },
    threads: { type: 'string', default: '2' },
    help: { type: 'boolean' },
  },
});

if (values.help) console.log(usage);
else await main();

async function main(): Promise<void> {
  const names = (values.shape ?? shapeNames.filter((name) => name.startsWith('sew-d'))) as ShapeName[];
  const lengths = (values.seconds ?? ['10', '20', '30']).map(Number);
  const runs = Number(values.runs);
  console.log('| shape | seconds | plain export | ours, float32 | times | ours, int8 | times |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const name of names) {
    const folder = await convert(name);
    const sides: Partial<Record<Side, Session>> = {};
    if (values.plain) sides.plain = openSession(join(values.plain, name, modelFiles.graph), 'plain');
    for (const precision of precisions) {
      sides[precision] = openSession(join(folder, graphFiles(precision).graph), precision);
    }
    for (const seconds of lengths) {
      const speeds = await measure(sides, seconds, runs);
      const row = [name, seconds, speeds.plain?.toFixed(1) ?? '–'];
      for (const precision of precisions) {
        const speed = speeds[precision]!;
        row.push(speed.toFixed(1), speeds.plain ? (speed / speeds.plain).toFixed(2) : '–');
      }
      console.log(`| ${row.join(' | ')} |`);
    }
    for (const session of Object.values(sides)) session.close();
  }
}

/** Audio seconds a second, each side's median, all taking turns. */
async function measure(
  sides: Partial<Record<Side, Session>>,
  seconds: number,
  runs: number,
): Promise<Partial<Record<Side, number>>> {
  const entries = Object.entries(sides) as [Side, Session][];
  const times: Record<Side, number[]> = { plain: [], float32: [], int8: [] };
  // The first run of each is not counted: memory is laid out in it
  for (let run = 0; run <= runs; run++) {
    for (const [side, session] of entries) {
      const ms = await session.run(seconds);
      if (run > 0) times[side].push(ms);
    }
  }
  return Object.fromEntries(entries.map(([side]) => [side, (1000 * seconds) / median(times[side])]));
}

/** The folder of our graphs of that shape, made once. */
async function convert(name: ShapeName): Promise<string> {
  const folder = join(values.ours, name);
  const isMade = await stat(join(folder, graphFiles('int8').graph)).catch(() => null);
  if (!isMade) {
    await mkdir(folder, { recursive: true });
    await convertOpened(randomCheckpoint(name, 1), folder, { id: name, precisions });
  }
  return folder;
}

/** A graph in a process of its own: ours started as the app starts its recogniser, the plain one as anybody would. */
function openSession(path: string, side: Side): Session {
  const child = fork(join(import.meta.dirname, 'acousticSession.ts'), [path, values.threads], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...(side === 'plain' ? {} : memoryInLargePages()) },
  });
  return {
    async run(seconds) {
      await pause(settleMs);
      child.send(seconds);
      const [ms] = (await once(child, 'message')) as [number];
      return ms;
    },
    close: () => child.disconnect(),
  };
}

function median(list: number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
