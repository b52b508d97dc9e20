import { checkCues } from '../../transcript/captions/check.ts';
import { readTranscript } from '../../transcript/formats/index.ts';
import { counted } from '../counted.ts';
import { rulesOf, type CaptionOptions } from '../outputs.ts';
import { readSource } from '../readSource.ts';

const units: Record<string, string> = {
  'line-chars': 'characters in a line',
  lines: 'lines',
  cps: 'characters a second',
  'min-duration': 'ms, shortest',
  'max-duration': 'ms, longest',
  gap: 'ms to the next cue',
  overlap: 'ms over the next cue',
};

/** `sewscribe captions check` */
export async function checkCaptions(
  path: string,
  options: CaptionOptions & { json?: boolean },
): Promise<void> {
  const { cues, warnings } = readTranscript(await readSource(path), { name: path });
  for (const warning of warnings) process.stderr.write(`${path}: ${warning}\n`);
  const faults = checkCues(cues, rulesOf(options));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(faults)}\n`);
    return;
  }
  for (const { cue, rule, value, limit } of faults) {
    process.stdout.write(
      `cue ${cue}: ${rule}: ${Math.round(value * 10) / 10} ${units[rule]} (limit ${limit})\n`,
    );
  }
  process.stdout.write(`${counted(faults.length, 'fault')} in ${counted(cues.length, 'cue')}\n`);
}
