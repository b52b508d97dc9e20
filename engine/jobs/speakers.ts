import { voiceModel } from '../../native-models/speakers/voiceModel.ts';
import { isWord } from '../../transcript/positions.ts';
import { decode } from '../media/decode.ts';
import type { MediaInfo } from '../media/types.ts';
import { Recogniser } from '../recognition/recogniser.ts';
import { findPeople } from '../speech/speakers/people.ts';
import { speakerOperations } from '../speech/speakers/speakerOperations.ts';
import { voicesOf, type Voice } from '../speech/speakers/voices.ts';
import { speakersOfWords } from '../speech/speakers/wordSpeakers.ts';
import { speechWindows } from '../speech/windows.ts';
import type { JobServices, RecognitionJob } from './recognition.ts';
import type { TranscriptSink } from './transcriptSink.ts';

type Job = Pick<RecognitionJob, 'options' | 'signal'>;
type Services = Pick<JobServices, 'launcher' | 'log'>;

/**
 * Tells people apart by their voices and names them in a job's document, as one step. The medium is decoded once more,
 * so that it does not matter where the recognition was broken off. Where only one voice is found, nobody is named.
 * @throws SourceError, ModelError; AbortError when cancelled
 */
export async function nameSpeakers(
  job: Job,
  info: MediaInfo,
  sink: TranscriptSink,
  services: Services,
): Promise<void> {
  const isOpen = sink.document.segments.some(({ speakerId }) => speakerId === null);
  if (!isOpen) return;
  const voices = await hearVoices(job, info, services);
  const people = await findPeople(voices);
  job.signal.throwIfAborted();
  if (people.length < 2) return;
  await sink.step((document) => {
    const words = document.items.filter(isWord);
    const speakers = speakersOfWords(words, voices, people);
    return speakerOperations(document, new Map(words.map(({ id }, place) => [id, speakers[place]])));
  }, 'name speakers');
}

async function hearVoices({ options, signal }: Job, info: MediaInfo, services: Services): Promise<Voice[]> {
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
    for await (const voice of voicesOf(speechWindows(blocks), network)) voices.push(voice);
    signal.throwIfAborted();
    return voices;
  } finally {
    signal.removeEventListener('abort', onAbort);
    network.close();
  }
}
