import { defaultSettings, type Settings } from '../../engine/contract.ts';
import { bridge } from '../bridge.ts';

/** What the person has chosen, the same in every window. */
class Chosen {
  /** Reactive; replaced on every change. The defaults until the engine has answered. */
  settings = $state.raw<Settings>(defaultSettings);
  isLoaded = $state(false);

  async load(): Promise<void> {
    this.settings = await bridge.call('settings.get', {});
    this.isLoaded = true;
  }

  /** Changes some at once, and tells the engine. @throws BridgeFailure; then it is as it was */
  async change(some: Partial<Settings>): Promise<void> {
    const before = this.settings;
    this.settings = { ...before, ...some };
    try {
      this.settings = await bridge.call('settings.set', some);
    } catch (cause) {
      this.settings = before;
      throw cause;
    }
  }

  /** Keeps it as others change it. */
  follow(): () => void {
    const stops = [
      bridge.listen('settings.changed', (settings) => (this.settings = settings)),
      bridge.onRefresh(() => void this.load().catch(() => undefined)),
    ];
    return () => stops.forEach((stop) => stop());
  }
}

export const chosen = new Chosen();
