import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectBridge } from '../../renderer/bridgeClient.ts';
import { BridgeFailure, type Transport, type TransportEvents } from '../../renderer/transport.ts';

/** A shell's end of a transport: what the page sends is written down, and answers are given by hand. */
class Shell {
  readonly connections: {
    events: TransportEvents;
    sent: { id: number; method: string; params: unknown }[];
  }[] = [];
  readonly transport: Transport = {
    connect: (events) => {
      const connection = { events, sent: [] as { id: number; method: string; params: unknown }[] };
      this.connections.push(connection);
      return { send: (text) => connection.sent.push(JSON.parse(text)), close: () => undefined };
    },
    upload: () => Promise.reject(new Error('not here')),
  };

  get now() {
    return this.connections.at(-1)!;
  }
  get asked() {
    return this.now.sent.map(({ method }) => method);
  }
  tell(message: unknown): void {
    this.now.events.onMessage(JSON.stringify(message));
  }
  answer(method: string, result: unknown): void {
    const { id } = this.now.sent.find((request) => request.method === method)!;
    this.tell({ kind: 'result', id, result });
  }
}

const queue = { paused: false, jobs: [] };
let shell: Shell;
beforeEach(() => {
  vi.useFakeTimers();
  shell = new Shell();
});
afterEach(() => vi.useRealTimers());

const connected = () => {
  const bridge = connectBridge(shell.transport, { broken: () => 'It broke.' });
  shell.now.events.onOpen();
  return bridge;
};
/** What became of a promise by now. */
const outcomeOf = async (promise: Promise<unknown>) => {
  let outcome: unknown = 'waits';
  promise.then(
    (result) => (outcome = { result }),
    (failure: unknown) => (outcome = { failure }),
  );
  await vi.advanceTimersByTimeAsync(0);
  return outcome;
};

test('answers find their questions, in any order', async () => {
  const bridge = connected();
  const [list, pause] = [bridge.call('queue.list', {}), bridge.call('queue.pause', { paused: true })];
  expect(shell.now.sent[1]).toMatchObject({ method: 'queue.pause', params: { paused: true } });
  shell.answer('queue.pause', {});
  expect(await outcomeOf(list)).toBe('waits');
  shell.answer('queue.list', queue);
  expect(await list).toEqual(queue);
  expect(await pause).toEqual({});
});

test('a failure is thrown with its sentence', async () => {
  const bridge = connected();
  const call = bridge.call('queue.retry', { jobId: 'a' });
  shell.tell({
    kind: 'failure',
    id: shell.now.sent[0].id,
    failure: { code: 'usage', message: 'No such job.' },
  });
  await expect(call).rejects.toThrow(new BridgeFailure('usage', 'No such job.'));
});

test('bytes come by the number of the question', async () => {
  const bridge = connected();
  const call = bridge.call('project.peaks', { projectId: 'p', first: 0, count: 2, fold: 1 });
  const message = new Uint8Array([0, 0, 0, 0, 7, 9]);
  new DataView(message.buffer).setUint32(0, shell.now.sent[0].id, true);
  // A view into a larger buffer, as some transports give it.
  const within = new Uint8Array(16);
  within.set(message, 5);
  shell.now.events.onMessage(within.subarray(5, 11));
  expect([...(await call)]).toEqual([7, 9]);
});

test('what is malformed is left out, and a malformed answer fails its question', async () => {
  const bridge = connected();
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const heard: unknown[] = [];
  bridge.listen('queue.changed', (state) => heard.push(state));
  shell.now.events.onMessage('no JSON');
  shell.now.events.onMessage(new Uint8Array(2));
  shell.tell({ kind: 'result', id: 'x' });
  shell.tell({ kind: 'result', id: 999, result: {} });
  shell.tell({ kind: 'event', event: 'toString', payload: {} });
  shell.tell({ kind: 'event', event: 'queue.changed', payload: { jobs: 3 } });
  expect(heard).toEqual([]);
  expect(complaints).toHaveBeenCalledTimes(1);
  complaints.mockRestore();
  const call = bridge.call('queue.list', {});
  shell.answer('queue.list', { jobs: 3 });
  await expect(call).rejects.toThrow(/queue\.list/);
});

test('events reach who listens, until they stop', () => {
  const bridge = connected();
  const heard: unknown[] = [];
  const stop = bridge.listen('queue.changed', (state) => heard.push(state));
  shell.tell({ kind: 'event', event: 'queue.changed', payload: queue });
  stop();
  shell.tell({ kind: 'event', event: 'queue.changed', payload: queue });
  expect(heard).toEqual([queue]);
});

test('what is asked before there is a connection waits for it', async () => {
  const bridge = connectBridge(shell.transport, { broken: () => 'It broke.' });
  const call = bridge.call('queue.retry', { jobId: 'a' });
  expect(shell.now.sent).toEqual([]);
  expect(bridge.connected).toBe(false);
  shell.now.events.onOpen();
  expect(bridge.connected).toBe(true);
  shell.answer('queue.retry', {});
  expect(await call).toEqual({});
});

test('a lost connection: what may be asked again is, the rest fails, and all is to be looked at anew', async () => {
  const bridge = connected();
  let refreshes = 0;
  bridge.onRefresh(() => (refreshes += 1));
  const list = bridge.call('queue.list', {});
  const apply = bridge.call('project.apply', {
    projectId: 'p',
    editId: 'e',
    baseRevision: 0,
    operations: [],
  });
  const retry = bridge.call('queue.retry', { jobId: 'a' });
  shell.now.events.onClose();
  await expect(retry).rejects.toThrow('It broke.');
  expect(bridge.connected).toBe(false);
  const meanwhile = bridge.call('queue.pause', { paused: true });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(shell.connections).toHaveLength(2);
  shell.now.events.onOpen();
  expect(shell.asked).toEqual(['queue.list', 'project.apply', 'queue.pause']);
  expect(refreshes).toBe(1);
  shell.answer('queue.list', queue);
  expect(await list).toEqual(queue);
  expect(await outcomeOf(apply)).toBe('waits');
  expect(await outcomeOf(meanwhile)).toBe('waits');
});

test('a shell that is gone is asked ever more slowly, and how often is told', async () => {
  const bridge = connected();
  shell.now.events.onClose();
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await vi.advanceTimersByTimeAsync(6_000);
    expect(shell.connections).toHaveLength(1 + attempt);
    shell.now.events.onClose();
    expect(bridge.failedAttempts).toBe(attempt);
  }
  await vi.advanceTimersByTimeAsync(4_000);
  expect(shell.connections).toHaveLength(7);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(shell.connections).toHaveLength(8);
  shell.now.events.onOpen();
  expect(bridge.failedAttempts).toBe(0);
});

test('a restarted engine is a reason to look anew', () => {
  const bridge = connected();
  let refreshes = 0;
  const stop = bridge.onRefresh(() => (refreshes += 1));
  shell.tell({ kind: 'event', event: 'engine.restarted', payload: {} });
  expect(refreshes).toBe(1);
  stop();
  shell.tell({ kind: 'event', event: 'engine.restarted', payload: {} });
  expect(refreshes).toBe(1);
});
