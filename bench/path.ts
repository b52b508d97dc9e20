import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createEngine } from '../engine/engine.ts';
import { forkRecogniser } from '../engine/recognition/launcher.ts';
import { folders } from '../files/folders.ts';
import { resolveModel } from '../native-models/store/resolve.ts';
import { writeWav } from '../test/support/wav.ts';
import { watchMemory } from './processMemory.ts';
import { speech } from './speech.ts';

/**
 * The whole path, file to document: audio seconds per second, peak memory of all processes together, and the longest
 * time for which the engine's event loop stood still.
 *
 *   npx tsx bench/path.ts [MODEL…] [--minutes 1,10,60]
 *
 * This process is the engine, so that its event loop can be watched; ffmpeg and the recogniser are its children.
 */

const args = process.argv.slice(2);
const at = args.indexOf('--minutes');
const minutes = (at < 0 ? '1,10,60' : args.splice(at, 2)[1]).split(',').map(Number);
const models = args.length > 0 ? args : ['embedded'];

const home = await mkdtemp(join(tmpdir(), 'sewscribe-bench-'));
const places = folders({ SEWSCRIBE_HOME: home });

console.log(
  '| model | minutes | audio seconds per second | peak memory, MB | longest block of the engine, ms |',
);
console.log('| --- | --- | --- | --- | --- |');
for (const reference of models) {
  const model = await resolveModel(reference, places);
  for (const length of minutes) {
    const path = join(home, `${length}.wav`);
    await writeWav(path, await speech(length * 60));
    global.gc?.();
    console.log(
      `| ${model.manifest.id} | ${length} | ${(await measure(path, model.folder, length * 60)).join(' | ')} |`,
    );
    await rm(path);
  }
}
await rm(home, { recursive: true });

async function measure(path: string, folder: string, seconds: number): Promise<string[]> {
  let finish: () => void = () => undefined;
  let fail: (cause: Error) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const engine = createEngine({
    folders: places,
    launcher: forkRecogniser,
    log: console.error,
    tell(event, payload) {
      if (event === 'job.finished') finish();
      if (event === 'job.failed') fail(new Error(JSON.stringify(payload)));
    },
  });
  const memory = watchMemory();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  await engine.call('transcription.start', {
    path,
    options: { model: { id: 'bench', folder }, device: 'cpu', channels: 'mix', case: 'sentence' },
  });
  await finished;
  const took = (performance.now() - started) / 1000;
  delay.disable();
  engine.close();
  return [(seconds / took).toFixed(1), (memory.stop() / 1e6).toFixed(0), (delay.max / 1e6).toFixed(1)];
}
