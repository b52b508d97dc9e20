import { bridge } from '../bridge.ts';

/** How a person adds recordings: the picker of this page, or the browser's own dialog. */
class Adding {
  /** What the picker is open for. */
  open = $state<'recordings' | 'text' | null>(null);
  input: HTMLInputElement | undefined;

  /** Opens the picker; the browser's dialog where there is no folder to pick from. */
  async begin(): Promise<void> {
    const { folders } = await bridge.call('files.list', { folderId: null });
    if (folders.length === 0) this.input?.click();
    else this.open = 'recordings';
  }

  chooseUpload(): void {
    this.input?.click();
  }
}

export const adding = new Adding();
