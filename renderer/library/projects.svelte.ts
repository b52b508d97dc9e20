import type { PageResult, ProjectSummary } from '../../engine/contract.ts';
import { bridge } from '../bridge.ts';

/** All projects, the one changed last first, as the engine tells of them. */
class Projects {
  list = $state.raw<readonly ProjectSummary[]>([]);
  unreadable = $state.raw<PageResult<'library.list'>['unreadable']>([]);
  isLoaded = $state(false);
  readonly #byId = $derived(new Map(this.list.map((project) => [project.projectId, project])));

  async load(): Promise<void> {
    const { projects, unreadable } = await bridge.call('library.list', {});
    this.list = projects;
    this.unreadable = unreadable;
    this.isLoaded = true;
  }

  follow(): () => void {
    const stops = [
      bridge.listen('project.changed', (changed) => {
        const others = this.list.filter(({ projectId }) => projectId !== changed.projectId);
        this.list = [changed, ...others].sort((a, b) => b.changedAtMs - a.changedAtMs);
      }),
      bridge.listen('project.removed', ({ projectId: gone }) => {
        this.list = this.list.filter(({ projectId }) => projectId !== gone);
      }),
      bridge.onRefresh(() => void this.load().catch(() => undefined)),
    ];
    return () => stops.forEach((stop) => stop());
  }

  find(projectId: string): ProjectSummary | undefined {
    return this.#byId.get(projectId);
  }
}

export const projects = new Projects();
