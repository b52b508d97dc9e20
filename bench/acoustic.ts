import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { randomCheckpoint } from '../native-models/checkpoint/random.ts';
import { shapeNames, type ShapeName } from '../native-models/checkpoint/shapes.ts';
import { graphFiles, modelFiles, precisions, type Precision } from '../native-models/model.ts';
import { convertOpened } from '../native-models/onnx/convert.ts';
import { loadOnnxRuntime, type InferenceSession } from '../native-models/onnxRuntime.ts';

const usage = `How fast the acoustic model alone is: our graphs beside a plain export of the reference, in turn.

  npx tsx bench/acoustic.ts --plain DIR [--ours DIR] [--shape NAME]... [--seconds N]... [--runs N] [--threads N]

DIR of --plain is what bench/acoustic_plain_export.py writes; without it only ours are measured. DIR of --ours keeps the
converted models (default: .cache/bench). Prints a Markdown table: audio seconds per second, medians, and how many times
the plain export's that is.`;

type Side = 'plain' | Precision;

const sampleRateHz = 16000;
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
    const sides: Partial<Record<Side, InferenceSession>> = {};
    if (values.plain) sides.plain = await openSession(join(values.plain, name, modelFiles.graph));
    for (const precision of precisions) {
      sides[precision] = await openSession(join(folder, graphFiles(precision).graph));
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
    for (const session of Object.values(sides)) await session.release();
  }
}

/** Audio seconds a second, each side's median, all taking turns. */
async function measure(
  sides: Partial<Record<Side, InferenceSession>>,
  seconds: number,
  runs: number,
): Promise<Partial<Record<Side, number>>> {
  const waveform = noise(seconds * sampleRateHz);
  const entries = Object.entries(sides) as [Side, InferenceSession][];
  const times: Record<Side, number[]> = { plain: [], float32: [], int8: [] };
  // The first run of each is not counted: memory is laid out in it
  for (let run = 0; run <= runs; run++) {
    for (const [side, session] of entries) {
      const ms = await timeRun(session, waveform);
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

async function openSession(path: string): Promise<InferenceSession> {
  const { InferenceSession: Session } = await loadOnnxRuntime();
  return Session.create(path, {
    executionProviders: ['cpu'],
    intraOpNumThreads: Number(values.threads),
    logSeverityLevel: 3,
  });
}

async function timeRun(session: InferenceSession, waveform: Float32Array): Promise<number> {
  const { Tensor } = await loadOnnxRuntime();
  const tensor = new Tensor('float32', waveform, [1, waveform.length]);
  await pause(settleMs);
  const begin = performance.now();
  await session.run({ [session.inputNames[0]]: tensor });
  return performance.now() - begin;
}

function noise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * Math.sqrt(3);
  });
}

function median(list: number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
