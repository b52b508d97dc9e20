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
  #asked = 0;
  #taken = 0;

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
    await this.#take(bridge.call('vocabulary.decide', { projectId: project.id, text, listen }));
    if (listen === 'here') project.knowVocabulary([...project.vocabulary, { text }]);
  }

  #look(): Promise<void> {
    return this.#take(bridge.call('vocabulary.propose', { projectId: this.#project.id }));
  }

  /** Answers may overtake each other: one to an older question than that of what is shown is nothing new. */
  async #take(answer: Promise<PageResult<'vocabulary.propose'>>): Promise<void> {
    const asked = ++this.#asked;
    const { words } = await answer;
    if (asked < this.#taken) return;
    this.#taken = asked;
    this.words = words;
  }
}
