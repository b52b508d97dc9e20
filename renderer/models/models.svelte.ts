import type { ModelDescription, ModelInstall, OfferedModel } from '../../engine/contract.ts';
import { bridge } from '../bridge.ts';

/** The models that are installed, on their way, and to be had. */
class Models {
  installed = $state.raw<readonly ModelDescription[]>([]);
  installs = $state.raw<readonly ModelInstall[]>([]);
  offered = $state.raw<readonly OfferedModel[]>([]);
  isLoaded = $state(false);

  async load(): Promise<void> {
    const [{ models: installed }, { installs }, { offered }] = await Promise.all([
      bridge.call('models.list', {}),
      bridge.call('models.installs', {}),
      bridge.call('models.catalogue', {}),
    ]);
    [this.installed, this.installs, this.offered] = [installed, installs, offered];
    this.isLoaded = true;
  }

  follow(): () => void {
    const reload = () => void this.load().catch(() => undefined);
    let finished = 0;
    const stops = [
      bridge.listen('models.changed', reload),
      // Each recording that was heard measures its model.
      bridge.listen('queue.changed', ({ jobs }) => {
        const now = jobs.filter(({ state }) => state === 'finished').length;
        if (now > finished) reload();
        finished = now;
      }),
      bridge.listen('models.installProgress', ({ installs }) => (this.installs = installs)),
      bridge.onRefresh(reload),
    ];
    return () => stops.forEach((stop) => stop());
  }

  find(modelId: string): ModelDescription | undefined {
    return this.installed.find((model) => model.modelId === modelId);
  }

  install(modelId: string): Promise<unknown> {
    return bridge.call('models.install', { reference: modelId });
  }

  /** What to offer in place of the embedded model: installed, on its way, or to be had; its own language counts. */
  get better(): Better | null {
    const offer = this.offered.find(({ isRecommended }) => isRecommended);
    if (!offer) return null;
    const installed = this.find(offer.modelId);
    const install = this.installs.find(({ modelId }) => modelId === offer.modelId);
    return { offer, isInstalled: installed !== undefined, install };
  }
}

export type Better = { offer: OfferedModel; isInstalled: boolean; install: ModelInstall | undefined };

export const models = new Models();
