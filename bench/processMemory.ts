import { readdirSync, readFileSync } from 'node:fs';

/**
 * The most memory that this process and all below it have held together, in bytes, looked at twice a second
 * (Linux). Resident sizes are added up, so that libraries which several processes share count in each.
 */
export function watchMemory(): { stop(): number } {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, treeBytes(process.pid));
  }, 500);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
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
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${id}/status`));
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
