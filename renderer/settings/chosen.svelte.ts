import { defaultSettings, type Settings } from '../../engine/contract.ts';
import { bridge } from '../bridge.ts';

/** What the person has chosen, the same in every window. */
class Chosen {
  /** As the engine keeps them; the defaults until it has answered. */
  #kept = $state.raw<Settings>(defaultSettings);
  /** What was changed here and is on its way to the engine, in order. */
  #sent = $state.raw<readonly Partial<Settings>[]>([]);
  isLoaded = $state(false);

  /** Reactive; replaced on every change. What is on its way counts, whatever else the engine tells meanwhile. */
  readonly settings: Settings = $derived(Object.assign({}, this.#kept, ...this.#sent));

  async load(): Promise<void> {
    this.#kept = await bridge.call('settings.get', {});
    this.isLoaded = true;
  }

  /** Changes some at once, and tells the engine. @throws BridgeFailure; then it is as it was */
  async change(some: Partial<Settings>): Promise<void> {
    this.#sent = [...this.#sent, some];
    try {
      this.#kept = await bridge.call('settings.set', some);
    } finally {
      this.#sent = this.#sent.filter((sent) => sent !== some);
    }
  }

  /** Keeps it as others change it. */
  follow(): () => void {
    const stops = [
      bridge.listen('settings.changed', (settings) => (this.#kept = settings)),
      bridge.onRefresh(() => void this.load().catch(() => undefined)),
    ];
    return () => stops.forEach((stop) => stop());
  }
}

export const chosen = new Chosen();
