import type { RecogniserReply, RecogniserRequest } from '../../engine/recognition/messages.ts';
import type { Play } from './faultyAccelerator.ts';

/**
 * A real recogniser that plays an accelerator: it computes on the processor whatever device it is told, and on an
 * accelerator does what PLAY says. The processor itself is made slow, so that an accelerator can be faster.
 */

const play = JSON.parse(process.env['PLAY']!) as Play;
let isAccelerator = false;
let runs = 0;

const forever = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
const sleep = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** @returns what the real recogniser is told; null: nothing */
function disturb(request: RecogniserRequest): RecogniserRequest | null {
  if (request.kind === 'load') {
    isAccelerator = request.device !== 'cpu';
    if (isAccelerator) act(play.atLoad, 'load', 0);
    if (isAccelerator && play.atLoad === 'fail') return null;
    return { ...request, device: 'cpu' };
  }
  if (request.kind !== 'run') return request;
  runs += 1;
  if (!isAccelerator) sleep(play.processorMs);
  else {
    sleep(play.acceleratorMs ?? 0);
    const isTooLong = request.samples.length > (play.memorySamples ?? Infinity);
    const fault = isTooLong ? 'fail' : runs >= (play.fromRun ?? 1) ? play.atRun : undefined;
    act(fault, 'run', request.samples.length);
    if (fault === 'fail') return null;
  }
  return request;
}

function act(fault: Play['atRun'], during: 'load' | 'run', samples: number): void {
  if (fault === 'die') process.kill(process.pid, 'SIGSEGV');
  if (fault === 'die' || fault === 'hang') forever();
  if (fault !== 'fail') return;
  const memory = `BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size ${samples}`;
  const message =
    during === 'run' && play.memorySamples ? memory : (play.message ?? 'CUDA failure 999: unknown error');
  send({ kind: 'failed', during, message });
}

function falsify(reply: RecogniserReply): RecogniserReply {
  if (reply.kind !== 'output' || !isAccelerator || !play.wrongBy) return reply;
  return { ...reply, data: reply.data.map((value, k) => value + (k % 2 ? 1 : -1) * play.wrongBy!) };
}

const realSend = process.send!.bind(process);
const send = (reply: RecogniserReply) => realSend(falsify(reply));
process.send = send as typeof process.send;

const realOn = process.on.bind(process);
process.on = ((event: string, listener: (message: unknown) => void) => {
  if (event !== 'message') return realOn(event, listener);
  return realOn('message', (message: unknown) => {
    const told = disturb(message as RecogniserRequest);
    if (told) listener(told);
  });
}) as typeof process.on;

await import('../../engine/recognition/recogniser.main.ts');
