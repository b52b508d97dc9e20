import { forkOwn } from '../../files/ownProcess.ts';
import type { Launcher } from '../../engine/recognition/launcher.ts';
import type { RecogniserRequest } from '../../engine/recognition/messages.ts';

/** What an accelerator does, played by a real recogniser (`faultyRecogniser.main.ts`). */
export type Play = {
  /** How much slower the processor is made, and the accelerator. */
  processorMs: number;
  acceleratorMs?: number;
  atLoad?: 'die' | 'fail' | 'hang';
  atRun?: 'die' | 'fail' | 'hang';
  /** The first run of a process that `atRun` is for; 1 where it is missing. */
  fromRun?: number;
  /** Longer inputs do not fit into its memory. */
  memorySamples?: number;
  /** How far its figures lie from the right ones, up and down. */
  wrongBy?: number;
  /** What it says where it fails. */
  message?: string;
};

/** Recognisers with an accelerator that does what `play` says, by how many have started, and what they were asked. */
export class FaultyAccelerator {
  readonly #play: (started: number) => Play;
  #started = 0;
  /** The devices on which models were loaded, in order. */
  readonly loads: string[] = [];
  /** The lengths that an accelerator was given. */
  readonly lengths: number[] = [];

  constructor(play: Play | ((started: number) => Play)) {
    this.#play = typeof play === 'function' ? play : () => play;
  }

  readonly launcher: Launcher = () => {
    this.#started += 1;
    const port = forkOwn(new URL('./faultyRecogniser.main.ts', import.meta.url), {
      environment: { PLAY: JSON.stringify(this.#play(this.#started)) },
    });
    let device = '';
    return {
      ...port,
      post: (message) => {
        const request = message as RecogniserRequest;
        if (request.kind === 'load') this.loads.push((device = request.device));
        if (request.kind === 'run' && device !== 'cpu') this.lengths.push(request.samples.length);
        port.post(message);
      },
    };
  };
}
