import { forkRecogniser, type Launcher, type RecogniserPort } from '../engine/recognition/launcher.ts';
import { noise } from '../engine/recognition/measure.ts';
import type { RecogniserReply, RecogniserRequest } from '../engine/recognition/messages.ts';

type Load = Extract<RecogniserRequest, { kind: 'load' }>;

/** Every so many of a job's windows is heard again, and counts for as many. */
const everyWindow = 5;

/** Launches recognisers and remembers what they were told, so that the same work can be done with nothing beside it. */
export class WatchedRecognisers {
  #load: Load | undefined;
  #windowSamples: number[] = [];

  readonly launch: Launcher = () => {
    const port = forkRecogniser();
    let load: Load | undefined;
    return {
      ...port,
      post: (message: RecogniserRequest) => {
        if (message.kind === 'load') load = message;
        if (message.kind === 'run') {
          this.#load = load;
          this.#windowSamples.push(message.samples.length);
        }
        port.post(message);
      },
    };
  };

  /** Seconds that the acoustic model alone takes for all windows of the job that has just ended. */
  async secondsAlone(): Promise<number> {
    const lengths = this.#windowSamples.filter((_, n) => n % everyWindow === 0);
    const total = this.#windowSamples.reduce((sum, length) => sum + length, 0);
    this.#windowSamples = [];
    const port = forkRecogniser();
    await answered(port, this.#load!);
    let heard = 0;
    let seconds = 0;
    for (const [id, length] of [lengths[0], ...lengths].entries()) {
      const samples = noise(length);
      const began = performance.now();
      await answered(port, { kind: 'run', id, samples, output: 'log-probabilities' });
      if (id === 0) continue; // memory is laid out in the first
      seconds += (performance.now() - began) / 1000;
      heard += length;
    }
    port.kill();
    return (seconds * total) / heard;
  }
}

/** Posts a request and waits for its answer. */
function answered(port: RecogniserPort, request: RecogniserRequest): Promise<RecogniserReply> {
  return new Promise((resolve, reject) => {
    port.onMessage((reply) => resolve(reply as RecogniserReply));
    port.onExit((reason) => reject(new Error(reason)));
    port.post(request);
  });
}
