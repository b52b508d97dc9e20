import { pagePaths, type ExportOptions, type PageParams, type PageResult } from '../../engine/contract.ts';
import { formats, isFormatId, type FormatId } from '../../transcript/formats/index.ts';
import { bridge, sentenceOf } from '../bridge.ts';
import type { Project } from '../editor/project.svelte.ts';
import { chosen } from '../settings/chosen.svelte.ts';
import { doAction } from '../shortcuts/press.ts';
import { announce } from '../status.svelte.ts';
import { t } from '../strings/strings.ts';
import { where } from '../where.svelte.ts';
import { usualOptions } from './exportFormats.ts';

export type Target = { to: 'beside' } | { to: 'folder'; folderId: string; name: string } | { to: 'download' };
export type Outcome = PageResult<'export.write'>['files'][number];
type WhenThere = PageParams<'export.write'>['whenThere'];

/** What a person chose last for a format; it holds while the page is open. */
const lastOptions = new Map<FormatId, ExportOptions>();
let lastTarget: Target | null = null;
let lastProject: Project | null = null;

/** One export of the opened project: what is chosen, and what came of it. */
export class Exporting {
  readonly project: Project;
  /** In the order of the list. */
  chosen = $state.raw<readonly FormatId[]>([]);
  target = $state.raw<Target>({ to: 'beside' });
  step = $state<'choose' | 'writing' | 'done'>('choose');
  /** Files that were there already; asked about before anything takes their place. */
  there = $state.raw<readonly Extract<Outcome, { outcome: 'there' }>[]>([]);
  outcomes = $state.raw<readonly Outcome[]>([]);
  folder = $state('');
  failure = $state<string | null>(null);
  whenThere = $state<'keep-both' | 'replace'>('keep-both');
  #options = $state.raw<ReadonlyMap<FormatId, ExportOptions>>(new Map(lastOptions));

  constructor(project: Project, isAgain = false) {
    this.project = project;
    this.chosen = chosen.settings.exportFormats.filter(isFormatId);
    const isThere = project.media.isThere;
    const usual: Target = isThere ? { to: 'beside' } : { to: 'download' };
    const isLastThere = lastTarget && (lastTarget.to !== 'beside' || isThere);
    if (chosen.settings.exportTo === 'ask' && !isAgain)
      this.target = { to: 'folder', folderId: '', name: '' };
    else this.target = lastTarget && isLastThere ? lastTarget : usual;
  }

  optionsOf(id: FormatId): ExportOptions {
    return this.#options.get(id) ?? usualOptions(id);
  }

  setOptions(id: FormatId, options: ExportOptions): void {
    lastOptions.set(id, options);
    this.#options = new Map(this.#options).set(id, options);
  }

  toggle(id: FormatId, isOn: boolean): void {
    this.there = [];
    const all = Object.keys(formats).filter(isFormatId);
    this.chosen = all.filter((each) => (each === id ? isOn : this.chosen.includes(each)));
  }

  setTarget(target: Target): void {
    this.there = [];
    this.target = target;
  }

  /** Writes the chosen files, each whole or not at all, with all that the page shows. */
  async run(): Promise<void> {
    if (this.chosen.length === 0 || this.step === 'writing') return;
    this.step = 'writing';
    this.failure = null;
    lastTarget = this.target;
    lastProject = this.project;
    try {
      await this.project.settled();
      await chosen.change({ exportFormats: [...this.chosen] }).catch(() => undefined);
      if (this.target.to === 'download') this.#download();
      else await this.#write(this.target);
    } catch (cause) {
      this.failure = sentenceOf(cause);
      this.step = 'choose';
    }
  }

  async #write(target: Exclude<Target, { to: 'download' }>): Promise<void> {
    // First what asks nobody anything; then, where files were there, as the person said.
    const isAnswer = this.there.length > 0;
    const usual = chosen.settings.whenThere;
    const whenThere: WhenThere = isAnswer ? this.whenThere : usual;
    const wanted = isAnswer ? this.chosen.filter((id) => this.#wasThere(id)) : this.chosen;
    const { folder, files } = await bridge.call('export.write', {
      projectId: this.project.id,
      files: wanted.map((format) => ({ format, options: this.optionsOf(format) })),
      folder: target.to === 'folder' ? target.folderId : null,
      whenThere,
    });
    this.folder = folder;
    const done = isAnswer ? this.outcomes.filter(({ outcome }) => outcome !== 'there') : [];
    this.outcomes = [...done, ...files];
    this.there = files.filter((file) => file.outcome === 'there');
    this.step = this.there.length > 0 ? 'choose' : 'done';
  }

  #wasThere(id: FormatId): boolean {
    return this.there.some(({ name }) => name.endsWith(`.${formats[id].extension}`));
  }

  #download(): void {
    for (const id of this.chosen) {
      const link = document.createElement('a');
      link.href = pagePaths.export(this.project.id, id, this.optionsOf(id));
      link.download = '';
      link.click();
    }
    this.outcomes = [];
    this.step = 'done';
  }
}

/**
 * Exports what was exported last once more, as it is now. Where that asks something, the dialog opens.
 * @returns false where nothing was exported of the project that is open
 */
export function exportAgain(): boolean {
  const { route } = where;
  const project = lastProject;
  if (!project || route.place !== 'project' || route.projectId !== project.id) return false;
  const exporting = new Exporting(project, true);
  void exporting.run().then(() => {
    const count = exporting.outcomes.filter(({ outcome }) => outcome === 'written').length;
    const isWhole = exporting.step === 'done' && count === exporting.outcomes.length;
    if (isWhole) announce(t('export.written', { count: count || exporting.chosen.length }));
    else doAction('app.export');
  });
  return true;
}
