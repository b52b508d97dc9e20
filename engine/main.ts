import { folders } from '../files/folders.ts';
import { openLog } from '../files/log.ts';
import { engineMessage, events, methods, requestMessage, type EngineMessage } from './contract.ts';
import { createEngine } from './engine.ts';
import { toFailure } from './errors.ts';
import { forkRecogniser } from './recognition/launcher.ts';

/** The engine as a process of the command line and the server: the contract over Node's own channel. */

const places = folders();
const log = openLog(places.logs, 'engine');

function post(message: EngineMessage): void {
  if (process.connected) process.send?.(engineMessage.parse(message), undefined, undefined, () => undefined);
}

const engine = createEngine({
  folders: places,
  launcher: forkRecogniser,
  log,
  tell: (event, payload) => post({ kind: 'event', event, payload: events[event].parse(payload) }),
});

process.on('message', (message) => {
  const { id, method, params } = requestMessage.parse(message);
  Promise.resolve()
    .then(async () => engine.call(method, methods[method].params.parse(params) as never))
    .then(
      (result) => post({ kind: 'result', id, result: methods[method].result.parse(result) }),
      (cause: unknown) => {
        const failure = toFailure(cause);
        if (failure.code === 'internal') log(`${method} failed`, cause);
        post({ kind: 'failure', id, failure });
      },
    );
});

process.on('disconnect', () => {
  // The shell is gone; finished windows are on the disk.
  void engine.close().finally(() => process.exit(0));
  setTimeout(() => process.exit(0), 3000);
});
process.on('uncaughtException', (cause) => {
  log('the engine ends because of an error', cause);
  process.exit(1);
});
// Ctrl-C on a terminal goes to the whole group; it is for the shell to say what is to end.
process.on('SIGINT', () => undefined);

post({ kind: 'ready' });
