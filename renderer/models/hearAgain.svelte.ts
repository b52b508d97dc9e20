import { appNotices } from '../appNotices.svelte.ts';
import { bridge, sentenceOf } from '../bridge.ts';
import { models } from './models.svelte.ts';

const storageKey = 'sewscribe.hear-again';

/**
 * Recordings that are to be heard again with a model that is still on its way. What was wished once holds wherever the
 * person goes in this tab meanwhile, and after a reload.
 */
class HearAgain {
  /** Models by project. */
  #wished = $state.raw<ReadonlyMap<string, string>>(kept());
  readonly #wereOnTheWay = new Set<string>();

  /** Reactive. */
  isWished(projectId: string): boolean {
    return this.#wished.has(projectId);
  }

  wish(projectId: string, modelId: string): void {
    this.#set(new Map(this.#wished).set(projectId, modelId));
  }

  forget(projectId: string): void {
    const others = new Map(this.#wished);
    others.delete(projectId);
    this.#set(others);
  }

  /** Hears a whole recording again. @throws BridgeFailure */
  async begin(projectId: string, modelId: string): Promise<void> {
    const { media } = await bridge.call('project.open', { projectId });
    if (media.durationMs === null) return;
    await bridge.call('project.recogniseAgain', { projectId, fromMs: 0, toMs: media.durationMs, modelId });
  }

  /** Begins what was wished when its model has come. @returns what ends that */
  follow(): () => void {
    return $effect.root(() => {
      $effect(() => this.#look());
    });
  }

  #look(): void {
    for (const [projectId, modelId] of this.#wished) {
      const isOnTheWay = models.installs.some((install) => install.modelId === modelId);
      if (isOnTheWay) this.#wereOnTheWay.add(modelId);
      const hasEnded = !isOnTheWay && this.#wereOnTheWay.has(modelId);
      if (!models.find(modelId) && !hasEnded) continue;
      this.forget(projectId);
      this.#beginWhereInstalled(projectId, modelId).catch((cause: unknown) =>
        appNotices.add({ level: 'warning', message: sentenceOf(cause) }),
      );
    }
  }

  /** That a model is no longer on its way is known before it is known that it has come: so the engine is asked. */
  async #beginWhereInstalled(projectId: string, modelId: string): Promise<void> {
    const { models: installed } = await bridge.call('models.list', {});
    if (installed.some((model) => model.modelId === modelId)) await this.begin(projectId, modelId);
  }

  #set(wished: ReadonlyMap<string, string>): void {
    this.#wished = wished;
    sessionStorage.setItem(storageKey, JSON.stringify([...wished]));
  }
}

function kept(): Map<string, string> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    const pairs = Array.isArray(stored) ? stored : [];
    return new Map(
      pairs.filter((pair) => Array.isArray(pair)).map(([project, model]) => [String(project), String(model)]),
    );
  } catch {
    return new Map();
  }
}

export const hearAgain = new HearAgain();
