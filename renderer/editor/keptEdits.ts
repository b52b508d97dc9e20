import * as z from 'zod';
import { pageMethods, type PageParams } from '../../engine/contract.ts';

type Edit = PageParams<'project.apply'>;

/** Edits of a project that were not saved yet. */
export type KeptEdits = {
  read(): Edit[];
  write(edits: readonly Edit[]): void;
};

/**
 * Edits that this window keeps while they are not saved, for a page that is loaded again. A window that is closed
 * forgets them, so that an old one cannot surprise anybody.
 */
export function keptEdits(projectId: string): KeptEdits {
  const key = `sewscribe.unsaved.${projectId}`;
  return {
    read() {
      try {
        const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
        return z.array(pageMethods['project.apply'].params).parse(stored);
      } catch {
        return [];
      }
    },
    write(edits) {
      try {
        if (edits.length === 0) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(edits));
      } catch {
        // More than a window may keep: they wait in memory alone.
      }
    },
  };
}
