import { access, constants, stat } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { surveyModels } from '../../native-models/store/installed.ts';
import { withEngine } from '../session.ts';

type Finding = { what: string; found: string; ok: boolean; mend: string | null };

/** `sewscribe doctor` */
export async function doctor(options: { json?: boolean }): Promise<void> {
  const findings = await withEngine(async ({ engine, folders }) => {
    const machine = await engine.call('machine.describe', { tryAccelerators: true });
    const { installed, damaged } = await surveyModels(folders.models);
    const list: Finding[] = [
      finding(
        'processor',
        `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${process.platform}-${process.arch}, Node ${process.version}`,
        true,
      ),
      finding(
        'ffmpeg',
        machine.ffmpeg ?? 'not found',
        machine.ffmpeg !== null,
        'install ffmpeg, or name it in SEWSCRIBE_FFMPEG',
      ),
      finding(
        'ffprobe',
        machine.ffprobe ?? 'not found',
        machine.ffprobe !== null,
        'install ffmpeg, or name ffprobe in SEWSCRIBE_FFPROBE',
      ),
      ...namedTools(machine),
      finding(
        'ONNX Runtime',
        machine.runtimeVersion
          ? `${machine.runtimeVersion}, built for ${machine.devices.join(', ')}`
          : 'cannot be loaded',
        machine.runtimeVersion !== '',
        'run "npm ci" again; on Linux it needs glibc',
      ),
      ...machine.accelerators.map(({ device, says, mend }) =>
        finding(`device ${device}`, says, mend === null, mend),
      ),
      finding('models', ['embedded', ...installed.map(({ manifest }) => manifest.id)].join(', '), true),
      // What is wrong with one is a sentence that says what to do.
      ...damaged.map(({ id, problem }) => finding(`model ${id}`, problem, false)),
    ];
    for (const [name, path] of Object.entries(folders)) {
      const isWritable = await access(await nearestFolder(path), constants.W_OK).then(
        () => true,
        () => false,
      );
      list.push(
        finding(
          `folder for ${name}`,
          path,
          isWritable,
          'make it writable, or set SEWSCRIBE_HOME to a folder that is',
        ),
      );
    }
    return list;
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify(findings)}\n`);
    return;
  }
  for (const { what, found, ok, mend } of findings) {
    process.stdout.write(
      `${ok ? 'ok     ' : 'MISSING'}  ${what}: ${found}${ok || !mend ? '' : `\n         ${mend}`}\n`,
    );
  }
}

/** A program that was named and does not run is passed over for another, which a person should know. */
function namedTools(machine: { ffmpeg: string | null; ffprobe: string | null }): Finding[] {
  return (['ffmpeg', 'ffprobe'] as const).flatMap((tool) => {
    const variable = `SEWSCRIBE_${tool.toUpperCase()}`;
    const wanted = process.env[variable];
    if (!wanted || machine[tool] === wanted) return [];
    return [finding(variable, `${wanted} does not run`, false, 'name a program that runs, or unset it')];
  });
}

/** The folder itself, or the nearest one above it that exists: a look must not make folders. */
async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  return parent === path || (await stat(path).catch(() => undefined)) ? path : nearestFolder(parent);
}

function finding(what: string, found: string, ok: boolean, mend: string | null = null): Finding {
  return { what, found, ok, mend };
}
