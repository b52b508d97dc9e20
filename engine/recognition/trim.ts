import type { ModelManifest } from '../../native-models/model.ts';
import type { SpeechWindow } from '../speech/types.ts';
import type { RunOutput } from './recogniser.ts';
import type { LogProbabilities } from './types.ts';

/**
 * The frames of a window that count: those whose centre lies inside [startSample, endSample); the frames of
 * its context are dropped.
 */
export function trimContext(
  output: RunOutput,
  window: SpeechWindow,
  manifest: Pick<ModelManifest, 'hopSamples' | 'receptiveFieldSamples'>,
): LogProbabilities {
  const { hopSamples, receptiveFieldSamples } = manifest;
  const centreOfFirst = window.samplesStart + receptiveFieldSamples / 2;
  const frameAt = (sample: number) =>
    Math.min(output.frames, Math.max(0, Math.ceil((sample - centreOfFirst) / hopSamples)));
  const first = frameAt(window.startSample);
  const end = Math.max(first, frameAt(window.endSample));
  return {
    frames: end - first,
    vocabularySize: output.vocabularySize,
    data: output.data.slice(first * output.vocabularySize, end * output.vocabularySize),
    startSample: window.samplesStart + first * hopSamples,
    hopSamples,
  };
}
