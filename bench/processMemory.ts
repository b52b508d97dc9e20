import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * The most memory that this process and all below it hold together, in bytes, looked at twice a second (Linux): their
 * proportional sizes added up, so that what several share counts once. A process of its own looks, so that reading
 * sizes does not hold up what is measured.
 */
export function watchMemory(): { stop(): Promise<number> } {
  const watcher = fork(import.meta.filename, [String(process.pid)], { execArgv: ['--import', 'tsx'] });
  return {
    stop: () =>
      new Promise((resolve) => {
        watcher.on('message', (peakBytes: number) => {
          resolve(peakBytes);
          watcher.disconnect();
        });
        watcher.send('stop');
      }),
  };
}

/** Looks until it is told to stop, then says what the peak was. */
function watch(root: number): void {
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, treeBytes(root));
  }, 500);
  process.on('message', () => {
    clearInterval(timer);
    process.send?.(peakBytes);
  });
}

function treeBytes(root: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : '';
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]);
    if (parent) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  let bytes = 0;
  const open = [root];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === process.pid) continue;
    const kilobytes = /^Pss:\s+(\d+)/m.exec(read(`/proc/${id}/smaps_rollup`));
    bytes += Number(kilobytes?.[1] ?? 0) * 1024;
    open.push(...(children.get(id) ?? []));
  }
  return bytes;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
}

if (process.argv[1] === import.meta.filename) watch(Number(process.argv[2]));
