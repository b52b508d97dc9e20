import type { PageResult } from '../engine/contract.ts';
import { bridge } from './bridge.ts';

/** Which shell shows this page, and what it can do. */
class Shell {
  description = $state.raw<PageResult<'shell.describe'> | null>(null);

  async load(): Promise<void> {
    this.description = await bridge.call('shell.describe', {});
  }
}

export const shell = new Shell();
