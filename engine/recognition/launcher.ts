import { forkOwn, type ProcessPort } from '../../files/ownProcess.ts';

/** The other end of a recogniser process. */
export type RecogniserPort = ProcessPort;

/** How the engine gets a recogniser: under Node it forks one, under Electron the shell does. */
export type Launcher = () => RecogniserPort;

/**
 * Linux's C library told to ask for memory in large pages: a run spends much of its time on memory that it has just
 * been given, and takes 12 to 31 % less with them (docs/performance.md). Others ignore the variable.
 */
export function memoryInLargePages(): Record<string, string> {
  if (process.platform !== 'linux') return {};
  // A person's own wish comes after it, and so counts
  const settings = ['glibc.malloc.hugetlb=1', process.env['GLIBC_TUNABLES']].filter(Boolean);
  return { GLIBC_TUNABLES: settings.join(':') };
}

/** The launcher of the command line and the server. */
export const forkRecogniser: Launcher = () => {
  const name = import.meta.url.endsWith('.ts') ? './recogniser.main.ts' : './recogniser.main.js';
  return forkOwn(new URL(name, import.meta.url), { environment: memoryInLargePages(), givesWay: true });
};
