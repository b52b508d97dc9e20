import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device, ModelReference } from '../../engine/contract.ts';
import { folders } from '../../files/folders.ts';
import { randomCheckpoint } from '../../native-models/checkpoint/random.ts';
import type { ShapeName } from '../../native-models/checkpoint/shapes.ts';
import { convertOpened } from '../../native-models/onnx/convert.ts';
import { ProgressMeter } from '../../native-models/store/progressMeter.ts';
import { CommandFailure, exitCodes } from '../failures.ts';
import { modelReference, withEngine } from '../session.ts';
import { StageLine } from '../stageLine.ts';

export type BenchOptions = {
  model?: string[];
  shape?: ShapeName[];
  seconds: number[];
  runs: number;
  device: Device;
  json?: boolean;
};

type Row = {
  model: string;
  device: string;
  precision: string;
  seconds: number;
  audioSecondsPerSecond: number;
  latencyMs: number;
  peakMemoryBytes: number;
};

const columns: readonly [title: string, width: number, cell: (row: Row) => string][] = [
  ['model', -18, ({ model }) => model],
  ['device', -7, ({ device }) => device],
  ['precision', -10, ({ precision }) => precision],
  ['seconds', 8, ({ seconds }) => `${seconds}`],
  ['audio s/s', 10, ({ audioSecondsPerSecond }) => audioSecondsPerSecond.toFixed(1)],
  ['latency, ms', 12, ({ latencyMs }) => latencyMs.toFixed(0)],
  ['peak, MB', 9, ({ peakMemoryBytes }) => (peakMemoryBytes / 1e6).toFixed(0)],
];

/** `sewscribe bench`: how fast models, or published shapes with random weights, are on this machine. */
export async function bench(options: BenchOptions): Promise<void> {
  await withEngine(async ({ engine, folders: places, signal }) => {
    const names = options.model ?? (options.shape ? [] : ['embedded']);
    const shapes = await makeShapes([...new Set(options.shape)], signal);
    try {
      const installed = await Promise.all(names.map((name) => modelReference(name, places)));
      const models = [...installed, ...shapes.models].map(({ id, folder }) => ({ id, folder }));
      const rows: Row[] = [];
      for (const seconds of [...options.seconds].sort((a, b) => a - b)) {
        const measured = await untilCancelled(
          engine.call('models.measure', { models, device: options.device, seconds, runs: options.runs }),
          signal,
        );
        if (!options.json && rows.length === 0) writeLine(columns.map(([title]) => title));
        for (const { modelId, ...figures } of measured) {
          const row = { model: modelId, seconds, ...figures };
          rows.push(row);
          if (!options.json) writeLine(columns.map(([, , cell]) => cell(row)));
        }
      }
      if (options.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
    } finally {
      await shapes.remove();
    }
  });
}

function writeLine(cells: readonly string[]): void {
  const padded = cells.map((cell, i) => {
    const width = columns[i][1];
    return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
  });
  process.stdout.write(`${padded.join('').trimEnd()}\n`);
}

/** Models of published shapes with random weights, for this run only; each has a folder of its own. */
async function makeShapes(
  names: readonly ShapeName[],
  signal: AbortSignal,
): Promise<{ models: ModelReference[]; remove(): Promise<void> }> {
  if (names.length === 0) return { models: [], remove: () => Promise.resolve() };
  const { cache } = folders();
  await mkdir(cache, { recursive: true });
  const parent = await mkdtemp(join(cache, 'bench-'));
  const remove = () => rm(parent, { recursive: true, force: true });
  const line = new StageLine();
  const checkpoints = names.map((name) => randomCheckpoint(name, 1));
  const sizes = checkpoints.map(({ tensors }) =>
    [...tensors.tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const meter = new ProgressMeter('converting', total, (progress) => line.update(progress));
  try {
    const models: ModelReference[] = [];
    let done = 0;
    for (const [i, checkpoint] of checkpoints.entries()) {
      const id = names[i];
      const folder = join(parent, id);
      const onProgress = (fraction: number) => meter.update(done + fraction * sizes[i]);
      await convertOpened(checkpoint, folder, { id, signal, onProgress });
      models.push({ id, folder });
      done += sizes[i];
    }
    return { models, remove };
  } catch (cause) {
    await remove();
    throw signal.aborted ? cancelled() : cause;
  } finally {
    line.clear();
  }
}

function untilCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(cancelled()));
    }),
  ]);
}

const cancelled = () => new CommandFailure('Cancelled.', exitCodes.cancelled);
