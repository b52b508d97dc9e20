import type { Device, RecognitionOptions } from '../engine/contract.ts';
import { usageFailure } from './failures.ts';
import { modelReference, type Session } from './session.ts';
import { parseTime } from './time.ts';

/** The recognition options as commander gives them. */
export type RecognitionFlags = { model: string; device: Device; track?: number; from?: string; to?: string };

/** @throws CommandFailure on times that make no sense, ModelError where there is no such model */
export async function recognitionOptions(
  flags: RecognitionFlags,
  session: Session,
  channels: RecognitionOptions['channels'],
): Promise<RecognitionOptions> {
  const fromMs = flags.from === undefined ? undefined : parseTime('--from', flags.from);
  const toMs = flags.to === undefined ? undefined : parseTime('--to', flags.to);
  if (toMs !== undefined && toMs <= (fromMs ?? 0)) throw usageFailure('--to must be later than --from.');
  const { id, folder } = await modelReference(flags.model, session.folders);
  return { model: { id, folder }, device: flags.device, track: flags.track, channels, fromMs, toMs };
}
