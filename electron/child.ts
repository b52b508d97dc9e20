import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { parentPort, shellMessage, type ShellPort } from '../files/throughShell.ts';

/**
 * What every process of the app begins with: our entry files speak over Node's own channel (`process.send`), and
 * under Electron this gives them one, made of the port that the shell sends first. The entry's path is the first
 * argument, and is gone when the entry begins.
 */

const [entry] = process.argv.splice(2, 1);
process.argv[1] = entry;
const address = pathToFileURL(entry).href;

parentPort()!.on('message', ({ data, ports }) => {
  const { kind } = shellMessage.parse(data);
  if (kind === 'serve') void serve(ports[0]);
  else if (kind === 'run') void run();
});

async function serve(port: ShellPort): Promise<void> {
  const own = process as { connected: boolean; send?: (message: unknown, ...rest: unknown[]) => boolean };
  own.connected = true;
  own.send = (message, ...rest) => {
    port.postMessage(message);
    const whenSent = rest.find((one) => typeof one === 'function') as ((cause: null) => void) | undefined;
    if (whenSent) process.nextTick(whenSent, null);
    return true;
  };
  port.on('message', ({ data }) => process.emit('message', data, undefined as never));
  port.on('close', () => {
    own.connected = false;
    process.emit('disconnect');
  });
  await import(address);
  // Nothing may be said before somebody listens.
  port.start();
}

/** Under Electron a process does not end by itself when it has nothing to do any more. */
async function run(): Promise<void> {
  await import(address);
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableNeedDrain) await once(stream, 'drain');
  }
  process.exit();
}
