import { voiceModel } from '../../../native-models/speakers/voiceModel.ts';
import { sampleRateHz } from '../../media/types.ts';
import type { RunOutput } from '../../recognition/recogniser.ts';
import type { SpeechWindow } from '../types.ts';

/** How a second and a half sounds: a vector of length 1, alike for one voice, unlike for two. */
export type Voice = { startMs: number; endMs: number; embedding: Float32Array };

/** What computes embeddings: a recogniser process with the voice model. */
export type VoiceNetwork = { run(samples: Float32Array, output: 'logits'): Promise<RunOutput> };

const toMs = (samples: number) => samples / (sampleRateHz / 1000);

/**
 * The voices of speech as it comes, 400 ms after each other within a window.
 * @throws ModelError; AbortError once the network is closed
 */
export async function* voicesOf(
  windows: AsyncIterable<SpeechWindow>,
  network: VoiceNetwork,
): AsyncGenerator<Voice> {
  const { windowSamples, hopSamples } = voiceModel;
  for await (const { samples, samplesStart, startSample, endSample } of windows) {
    const speech = samples.slice(startSample - samplesStart, endSample - samplesStart);
    if (speech.length === 0) continue;
    const { frames, vocabularySize, data } = await network.run(repeated(speech, windowSamples), 'logits');
    for (let place = 0; place < frames; place += 1) {
      const start = startSample + place * hopSamples;
      yield {
        startMs: toMs(start),
        endMs: toMs(Math.min(start + windowSamples, endSample)),
        embedding: data.slice(place * vocabularySize, (place + 1) * vocabularySize),
      };
    }
  }
}

/** A short answer again and again, since the network hears a second and a half at least. */
function repeated(speech: Float32Array, least: number): Float32Array {
  if (speech.length >= least) return speech;
  return Float32Array.from({ length: least }, (_, place) => speech[place % speech.length]);
}
