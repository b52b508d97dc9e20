import type { SpeechWindow } from '../../speech/types.ts';
import type { LogProbabilities } from '../types.ts';

/** Sound of the other half that each hears too; as much as a window has where it was cut within speech. */
const contextSamples = 16_000;

/**
 * A window as two, for a device whose memory does not hold the whole one. The frames of both lie on the window's own
 * grid and meet at the cut, so that together they are the window's.
 * @param hopSamples the model's samples from frame to frame
 */
export function halve(window: SpeechWindow, hopSamples: number): [SpeechWindow, SpeechWindow] {
  const { samples, samplesStart } = window;
  const onGrid = (offset: number) => Math.floor(offset / hopSamples) * hopSamples;
  const cut = onGrid(samples.length / 2);
  const firstEnd = Math.min(samples.length, cut + contextSamples);
  const secondBegin = Math.max(0, onGrid(cut - contextSamples));
  const cutSample = Math.min(Math.max(samplesStart + cut, window.startSample), window.endSample);
  return [
    { ...window, endSample: cutSample, samples: samples.subarray(0, firstEnd) },
    {
      ...window,
      startSample: cutSample,
      samplesStart: samplesStart + secondBegin,
      samples: samples.subarray(secondBegin),
    },
  ];
}

/** Two pieces that lie side by side on one grid, as one. */
export function joined(first: LogProbabilities, second: LogProbabilities): LogProbabilities {
  const data = new Float32Array(first.data.length + second.data.length);
  data.set(first.data);
  data.set(second.data, first.data.length);
  const { startSample } = first.frames > 0 ? first : second;
  return { ...first, startSample, frames: first.frames + second.frames, data };
}
