import { bridge } from '../bridge.ts';
import { shell } from '../shell.svelte.ts';
import { goTo } from '../where.svelte.ts';
import { incoming } from './incoming.svelte.ts';
import { recordingFor, type FileEntry } from './recordingFor.ts';

/** How a person adds recordings: the picker of this page, or the browser's own dialog. */
class Adding {
  /** What the picker is open for. */
  open = $state<'recordings' | 'text' | null>(null);
  /** What the picker begins with. */
  given = $state.raw<readonly FileEntry[]>([]);
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
    else this.#show('recordings', []);
  }

  /** A text that exists, and the recording that it belongs to where there is one. */
  beginText(): void {
    this.#show('text', []);
  }

  /**
   * The same for a text that was dropped, filled in as far as is known.
   *
   * @param projectId which it was dropped on, or null
   */
  async beginWithText(file: File, projectId: string | null): Promise<void> {
    const { signal } = new AbortController();
    const { mediaId } = await bridge.upload(file, { signal, onProgress: () => undefined });
    const [described] = (await bridge.call('files.describe', { mediaIds: [mediaId] })).files;
    const text: FileEntry = { ...described, kind: 'transcript' };
    const recording = await recordingFor(text, projectId);
    this.#show('text', recording ? [text, recording] : [text]);
  }

  /**
   * Opens a text that exists as a project.
   *
   * @param align gives its words their times in the recording, as a job
   */
  async openText(transcript: string, media: string | null, align: boolean): Promise<void> {
    const { projectId } = await bridge.call('transcript.import', { transcript, media, align });
    goTo({ place: 'project', projectId, view: 'text', itemIds: [] });
  }

  chooseUpload(): void {
    this.input?.click();
  }

  #show(purpose: 'recordings' | 'text', given: readonly FileEntry[]): void {
    this.given = given;
    this.open = purpose;
  }
}

export const adding = new Adding();
