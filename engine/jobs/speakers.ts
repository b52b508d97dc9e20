import { voiceModel } from '../../native-models/speakers/voiceModel.ts';
import { isWord } from '../../transcript/positions.ts';
import type { RecognitionOptions } from '../contract.ts';
import { decode } from '../media/decode.ts';
import { probe } from '../media/probe.ts';
import type { MediaInfo } from '../media/types.ts';
import { Recogniser } from '../recognition/recogniser.ts';
import { findPeople } from '../speech/speakers/people.ts';
import { speakerOperations } from '../speech/speakers/speakerOperations.ts';
import { voicesOf, type Voice } from '../speech/speakers/voices.ts';
import { speakersOfWords } from '../speech/speakers/wordSpeakers.ts';
import { speechWindows } from '../speech/windows.ts';
import { ProgressMeter } from './progress.ts';
import { checkTrack, type JobServices, type RecognitionJob } from './recognition.ts';
import type { TranscriptSink } from './transcriptSink.ts';

export type SpeakersJob = Pick<RecognitionJob, 'id' | 'signal' | 'onProgress'> & {
  options: Omit<RecognitionOptions, 'model' | 'device'>;
};
type Services = Pick<JobServices, 'launcher' | 'log'>;

/** What came of it: names; nothing, since all words had a speaker; nobody, since only one voice is there. */
type Found = 'named' | 'none-open' | 'one-voice';

/**
 * Tells people apart by their voices and names them in a job's document, as one step. The medium is decoded once more,
 * so that it does not matter where the recognition was broken off. Where only one voice is found, nobody is named; who
 * has a speaker already keeps it, and other words of the same voice get that speaker too.
 * @throws SourceError, ModelError; AbortError when cancelled
 */
export async function nameSpeakers(
  job: SpeakersJob,
  info: MediaInfo,
  sink: TranscriptSink,
  services: Services,
): Promise<Found> {
  const { segments } = sink.document;
  if (segments.every(({ speakerId }) => speakerId !== null)) return 'none-open';
  const voices = await hearVoices(job, info, services);
  const people = await findPeople(voices);
  job.signal.throwIfAborted();
  if (people.length < 2 && segments.every(({ speakerId }) => speakerId === null)) return 'one-voice';
  await sink.step((document) => {
    const words = document.items.filter(isWord);
    const speakers = speakersOfWords(words, voices, people);
    return speakerOperations(document, new Map(words.map(({ id }, place) => [id, speakers[place]])));
  }, 'name speakers');
  return 'named';
}

const saidOf: Record<Found, string[]> = {
  named: [],
  'none-open': ['Everybody in it has a speaker already, so nothing was changed.'],
  'one-voice': ['Only one voice was heard, so nobody was named.'],
};

/**
 * Names speakers in a text that stands: its medium is heard for the voices alone.
 * @throws as nameSpeakers; UsageError where there is no such track
 */
export async function findSpeakers(
  job: SpeakersJob & { path: string },
  sink: TranscriptSink,
  services: Services,
): Promise<{ warnings: string[]; incomplete: boolean }> {
  const info = await probe(job.path, job.signal);
  checkTrack(info, job.options.track);
  return { warnings: saidOf[await nameSpeakers(job, info, sink, services)], incomplete: false };
}

async function hearVoices(
  { id, options, signal, onProgress }: SpeakersJob,
  info: MediaInfo,
  services: Services,
): Promise<Voice[]> {
  const network = new Recogniser({
    launcher: services.launcher,
    model: { folder: voiceModel.folder, manifest: { id: voiceModel.id } },
    device: 'cpu',
    precision: 'float32',
    threads: 1,
    log: services.log,
  });
  const onAbort = () => network.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const voices: Voice[] = [];
    const { blocks } = decode(info, { ...options, signal });
    const fromMs = options.fromMs ?? 0;
    const meter = new ProgressMeter(id, fromMs, options.toMs ?? info.headerDurationMs, onProgress);
    meter.begin(fromMs);
    for await (const voice of voicesOf(speechWindows(blocks), network)) {
      voices.push(voice);
      meter.at(voice.endMs, 'speakers');
    }
    signal.throwIfAborted();
    return voices;
  } finally {
    signal.removeEventListener('abort', onAbort);
    network.close();
  }
}
