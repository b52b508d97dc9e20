import { bridge } from '../bridge.ts';
import { shell } from '../shell.svelte.ts';
import { goTo } from '../where.svelte.ts';
import { incoming } from './incoming.svelte.ts';

/** How a person adds recordings: the picker of this page, or the browser's own dialog. */
class Adding {
  /** What the picker is open for. */
  open = $state<'recordings' | 'text' | null>(null);
  input: HTMLInputElement | undefined;

  /** Opens the picker; the system's dialog in the desktop's shell, the browser's where no folder is allowed. */
  async begin(): Promise<void> {
    if (shell.description?.listsFiles === false) {
      const { files } = await bridge.call('files.choose', { what: 'media', several: true });
      goTo({ place: 'library' });
      return incoming.add(files);
    }
    const { folders } = await bridge.call('files.list', { folderId: null });
    if (folders.length === 0) this.input?.click();
    else this.open = 'recordings';
  }

  /** A text and the recording that it belongs to, to give its words their times. */
  async beginText(): Promise<void> {
    if (shell.description?.listsFiles !== false) {
      this.open = 'text';
      return;
    }
    const choose = async (what: 'transcript' | 'media') =>
      (await bridge.call('files.choose', { what, several: false })).files[0];
    const transcript = await choose('transcript');
    const media = transcript && (await choose('media'));
    if (media) await this.fit(transcript.mediaId, media.mediaId);
  }

  /** Begins to fit a text to its sound, and shows it. */
  async fit(transcript: string, media: string): Promise<void> {
    const { projectId } = await bridge.call('transcript.import', { transcript, media, align: true });
    goTo({ place: 'project', projectId, view: 'text', itemIds: [] });
  }

  chooseUpload(): void {
    this.input?.click();
  }
}

export const adding = new Adding();
