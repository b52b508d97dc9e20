// What a utility process of the stand-in begins with: Electron's `process.parentPort` over the channel of a fork,
// which the process itself does not see.
import { EventEmitter } from 'node:events';

Object.defineProperty(process.versions, 'electron', { value: 'stand-in' });
const send = process.send.bind(process);
process.send = undefined;

class Port extends EventEmitter {
  #id;
  #waiting = [];
  #isStarted = false;

  constructor(id) {
    super();
    this.#id = id;
  }

  postMessage(data) {
    send({ kind: 'port', id: this.#id, data });
  }
  start() {
    this.#isStarted = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }
  close() {
    send({ kind: 'close', id: this.#id });
  }
  deliver(data) {
    if (this.#isStarted) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }
}

const ports = new Map();
const early = [];
const parentPort = new EventEmitter();
parentPort.postMessage = (data) => send({ kind: 'parent', data });
// Messages wait for the first listener.
parentPort.on('newListener', (name) => {
  if (name === 'message')
    setImmediate(() => early.splice(0).forEach((event) => parentPort.emit('message', event)));
});
Object.defineProperty(process, 'parentPort', { value: parentPort });

function receive({ kind, id, data, ports: given = [] }) {
  if (kind === 'port') ports.get(id)?.deliver(data);
  else if (kind === 'close') ports.get(id)?.emit('close');
  else {
    const event = { data, ports: given.map((portId) => new Port(portId)) };
    given.forEach((portId, k) => ports.set(portId, event.ports[k]));
    if (parentPort.listenerCount('message') > 0) parentPort.emit('message', event);
    else early.push(event);
  }
}

const emit = process.emit;
process.emit = function (name, ...args) {
  if (name === 'message' && args[0]?.isOfStandIn) {
    receive(args[0]);
    return true;
  }
  // Electron's processes end with the app.
  if (name === 'disconnect' && !process.channel) process.exit(0);
  return emit.call(this, name, ...args);
};
// A utility process does not end by itself.
process.on('message', () => undefined);
