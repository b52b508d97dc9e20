import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createEngine } from '../engine/engine.ts';
import { folders } from '../files/folders.ts';
import { engineArguments } from '../host/engineProcess.ts';
import { resolveModel } from '../native-models/store/resolve.ts';
import { WatchedRecognisers } from './acousticAlone.ts';
import { watchMemory } from './processMemory.ts';

/**
 * The whole path, file to document: audio seconds per second, how many times as long as the acoustic model alone takes for
 * the same windows, peak memory of all processes together, and the longest time for which the engine's event loop stood
 * still while the file was recognised.
 *
 *   npx tsx bench/path.ts [MODEL…] [--minutes 1,10,60]
 *
 * A process started as the engine is is the engine, so that its event loop can be watched; ffmpeg and the recogniser
 * are its children.
 */

if (!engineArguments.every((argument) => process.execArgv.includes(argument))) {
  const [, script, ...rest] = process.argv;
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', ...engineArguments, script, ...rest], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

const args = process.argv.slice(2);
const at = args.indexOf('--minutes');
const minutes = (at < 0 ? '1,10,60' : args.splice(at, 2)[1]).split(',').map(Number);
const models = args.length > 0 ? args : ['embedded'];

const home = await mkdtemp(join(tmpdir(), 'sewscribe-bench-'));
const places = folders({ SEWSCRIBE_HOME: home });

console.log(
  '| model | minutes | audio seconds per second | times the acoustic model alone | peak memory, MB | longest block of the engine, ms |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
for (const reference of models) {
  const model = await resolveModel(reference, places);
  for (const length of minutes) {
    const path = join(home, `${length}.wav`);
    // In a process of its own, whose garbage is not the engine's.
    execFileSync(process.execPath, [
      '--import',
      'tsx',
      join(import.meta.dirname, 'speech.ts'),
      path,
      String(length * 60),
    ]);
    console.log(
      `| ${model.manifest.id} | ${length} | ${(await measure(path, model.folder, length * 60)).join(' | ')} |`,
    );
    await rm(path);
  }
}
await rm(home, { recursive: true });

async function measure(path: string, folder: string, seconds: number): Promise<string[]> {
  const recognisers = new WatchedRecognisers();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let hasBegun = false;
  let longestBlockMs = 0;
  let finish: () => void = () => undefined;
  let fail: (cause: Error) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const engine = createEngine({
    folders: places,
    launcher: recognisers.launch,
    log: console.error,
    tell(event, payload) {
      // While a file is recognised: not while the runtime is loaded before, nor when the whole text is handed over.
      if (event === 'job.words' && !hasBegun) {
        hasBegun = true;
        delay.reset();
      }
      if (event === 'job.words') longestBlockMs = delay.max / 1e6;
      if (event === 'job.finished') finish();
      if (event === 'job.failed') fail(new Error(JSON.stringify(payload)));
    },
  });
  const memory = watchMemory();
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
  const peakBytes = await memory.stop();
  return [
    (seconds / took).toFixed(1),
    (took / (await recognisers.secondsAlone())).toFixed(2),
    (peakBytes / 1e6).toFixed(0),
    longestBlockMs.toFixed(1),
  ];
}
