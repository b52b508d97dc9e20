import type { PageResult } from '../../engine/contract.ts';
import { bridge } from '../bridge.ts';
import type { Project } from './project.svelte.ts';

type Proposed = PageResult<'vocabulary.propose'>['words'];
export type Listen = 'here' | 'everywhere' | 'never';

/** After the last correction, so that a word is whole by then. */
const lookAfterMs = 2_000;

/** Words of a person's corrections that could be listened for from now on. */
export class ProposedWords {
  words = $state.raw<Proposed>([]);
  readonly #project: Project;

  constructor(project: Project) {
    this.#project = project;
  }

  /** Looks again as the person corrects. @returns what ends it */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What cannot be proposed now is proposed after the next correction.
    const look = () => void this.#look().catch(() => undefined);
    const stops = [
      this.#project.onEdit(({ origin }) => {
        if (origin !== 'person') return;
        clearTimeout(timer);
        timer = setTimeout(look, lookAfterMs);
      }),
      bridge.listen('settings.changed', look),
      () => clearTimeout(timer),
    ];
    look();
    return () => stops.forEach((stop) => stop());
  }

  async decide(text: string, listen: Listen): Promise<void> {
    const project = this.#project;
    this.words = (await bridge.call('vocabulary.decide', { projectId: project.id, text, listen })).words;
    if (listen === 'here') project.knowVocabulary([...project.vocabulary, { text }]);
  }

  async #look(): Promise<void> {
    this.words = (await bridge.call('vocabulary.propose', { projectId: this.#project.id })).words;
  }
}
