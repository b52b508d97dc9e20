import type { CueFault } from '../../transcript/captions/check.ts';
import type { Cue } from '../../transcript/captions/cue.ts';
import { fixCue, recutCues, releaseCue, type CueFix } from '../../transcript/captions/fixing.ts';
import { mendCue, mendingAll, type Mend } from '../../transcript/captions/mending.ts';
import { retimeAll, type Retiming } from '../../transcript/captions/retiming.ts';
import { CueSections } from '../../transcript/captions/sections.ts';
import type { Sliced } from '../../transcript/captions/slices.ts';
import type { CaptionSettings } from '../../engine/contract.ts';
import { OperationError, type Operation } from '../../transcript/operations.ts';
import type { OverrideChanges } from '../../transcript/operations/schema.ts';
import { clockText } from '../editor/clock.ts';
import type { Player } from '../editor/player.svelte.ts';
import type { ApplyOptions, Project } from '../editor/project.svelte.ts';
import { announce } from '../status.svelte.ts';
import { t } from '../strings/strings.ts';
import { sentenceOf } from '../transport.ts';
import { editCue } from './cueText.ts';
import { cueAt, emptyView, makingView, nextPlace, ruleCounts, type CueView } from './cueView.ts';
import { inSlices } from './inSlices.ts';
import { faultText } from './ruleText.ts';

/** What a person did last with faults, said in the quiet line below the list. */
type Said = {
  text: string;
  isGood: boolean;
  /** It tells of the newest step, which can be undone. */
  isStep: boolean;
};

/** The cues of the opened project and what a person can do with them. */
export class CaptionState {
  readonly project: Project;
  readonly player: Player;
  /** Reactive, as all below: replaced when they have been laid out anew. */
  view = $state.raw<CueView>(emptyView);
  /** Cues are being laid out; those shown are of the last version. */
  isLaying = $state(true);
  isMending = $state(false);
  onlyFaults = $state(false);
  /** The index of the cue on the screen, or -1. */
  live = $state(-1);
  said = $state.raw<Said | null>(null);
  /** Whether the list goes with the playback. */
  isFollowing = $state(true);
  #chosenKey = $state<string | null>(null);
  /** Some fault can be mended; true until the contrary is known. */
  canMend = $state(true);
  readonly #sections = new CueSections();
  /** The steps of this place that the engine has not told of yet. */
  readonly #untold: string[] = [];
  /** Brings a cue on the screen; the list puts it here. */
  reveal: (place: number) => void = () => {};
  /** Puts the caret into the chosen cue; the list puts it here. */
  focusChosen: () => void = () => {};

  constructor(project: Project, player: Player) {
    this.project = project;
    this.player = player;
  }

  readonly counts = $derived(ruleCounts(this.view));
  /** The index of the chosen cue, or -1. */
  readonly chosen = $derived(this.#chosenKey === null ? -1 : this.view.keys.indexOf(this.#chosenKey));
  readonly faultCount = $derived(Object.values(this.counts).reduce((sum, count) => sum + count, 0));
  /** Indexes of the cues that are listed. */
  readonly listed = $derived.by(() => {
    const { cues, faulty } = this.view;
    if (!this.onlyFaults) return cues.map((_, place) => place);
    const { chosen } = this;
    // The chosen cue stays in the list when it has been mended.
    return chosen < 0 || faulty.includes(chosen) ? faulty : [...faulty, chosen].sort((a, b) => a - b);
  });

  get rules() {
    return this.project.captions.rules;
  }

  faultsOf(place: number): readonly CueFault[] {
    return this.view.faults.get(place) ?? [];
  }

  /** For an effect: what was said of a step goes when another one comes. */
  listen(): () => void {
    return this.project.onEdit(({ origin, label, undoes, redoes }) => {
      if (origin !== 'person') return;
      const isWalk = undoes !== undefined || redoes !== undefined;
      const own = isWalk || label === undefined ? -1 : this.#untold.indexOf(label);
      if (own >= 0) this.#untold.splice(own, 1);
      else this.said = null;
    });
  }

  /** For an effect: looks for a fault that can be mended. @returns what breaks it off */
  lookForMends(): () => void {
    const { view, rules } = this;
    const { document } = this.project;
    this.canMend = true;
    return inSlices(hasMend(document, view, rules), (canMend) => (this.canMend = canMend));
  }

  /** For an effect: lays out what the project shows. @returns what breaks it off */
  layOut(): () => void {
    this.isLaying = true;
    return inSlices(makingView(this.project.document, this.rules, this.#sections), (view) => {
      this.view = view;
      this.isLaying = false;
      this.live = cueAt(view.cues, this.player.nowMs);
    });
  }

  /** For the player's clock. */
  follow(ms: number): void {
    const live = cueAt(this.view.cues, ms);
    if (live === this.live) return;
    this.live = live;
    if (live >= 0 && this.player.isPlaying && this.isFollowing) this.reveal(live);
  }

  choose(place: number, { seeks = true }: { seeks?: boolean } = {}): void {
    const cue = this.view.cues.at(place);
    this.#chosenKey = place < 0 || cue === undefined ? null : this.view.keys[place];
    this.isFollowing = true;
    if (cue !== undefined && place >= 0 && seeks) this.player.seek(cue.startMs);
  }

  nextFault(direction: 1 | -1): void {
    const from = this.chosen >= 0 ? this.chosen : this.live >= 0 ? this.live : -1;
    const place = nextPlace(this.view.faulty, from, direction);
    if (place < 0) {
      this.#say(t('captions.noFaults'), true);
      return;
    }
    this.choose(place);
    this.reveal(place);
    this.focusChosen();
    announce(
      [t('captions.cueNumber', { number: place + 1 }), ...this.faultsOf(place).map(faultText)].join('. '),
    );
  }

  /** How the chosen cue would be mended; null where nothing makes it better. */
  mendOf(place: number): Mend | null {
    if (this.faultsOf(place).length === 0) return null;
    return mendCue(this.project.document, this.view.cues, place, this.rules);
  }

  mend(): void {
    const place = this.faultsOf(this.chosen).length > 0 ? this.chosen : -1;
    if (place < 0) {
      this.nextFault(1);
      return;
    }
    const cue = this.view.cues[place];
    const mend = this.mendOf(place);
    if (mend === null) {
      this.#say(this.whyNotMended(place), false);
      return;
    }
    const how = this.mendText(mend, place);
    this.#change(mend.changes, t('captions.stepMend', { time: clockText(cue.startMs) }));
    this.#say(t('captions.mended', { cue: firstWords(cue), how }), true, true);
  }

  /** Why nothing mends a cue, and what a person can do. */
  whyNotMended(place: number): string {
    const cue = firstWords(this.view.cues[place]);
    const rules = new Set(this.faultsOf(place).map(({ rule }) => rule));
    if (rules.has('line-chars') || rules.has('lines')) return t('captions.noRoomInLines', { cue });
    if (rules.has('cps') || rules.has('min-duration')) {
      const isLast = place + 1 >= this.view.cues.length;
      return t(isLast ? 'captions.noRoomAtEnd' : 'captions.noRoom', { cue });
    }
    return t('captions.cannotMend', { cue });
  }

  /** What mending a cue does, as the end of a sentence. */
  mendText(mend: Mend, place: number): string {
    const before = this.view.cues[place];
    const after = mend.cues.find((cue) => cue.wordIds.includes(before.wordIds[0])) ?? before;
    const ms = Math.abs(after.endMs - before.endMs);
    const time = clockText(after.endMs, 1);
    switch (mend.kind) {
      case 'endsSooner':
        return t('captions.howEndsSooner', { ms });
      case 'staysLonger':
        return t('captions.howStaysLonger', { time });
      case 'startsSooner':
        return t('captions.howStartsSooner', { ms: before.startMs - after.startMs });
      case 'takesRoom':
        return t('captions.howTakesRoom', { time });
      case 'breaksAnew':
        return t('captions.howBreaksAnew');
      case 'splits':
        return t('captions.howSplits');
      case 'joinsNext':
        return t('captions.howJoinsNext');
      case 'joinsPrevious':
        return t('captions.howJoinsPrevious');
      case 'movesWords':
        return t('captions.howMovesWords');
      case 'followsWords':
        return t('captions.howFollows');
    }
  }

  /** Mends what can be mended, as one step. */
  mendAll(): Promise<void> {
    if (this.isMending || this.faultCount === 0) return Promise.resolve();
    this.isMending = true;
    const { document } = this.project;
    return new Promise((resolve) => {
      inSlices(mendingAll(document, this.view.cues, this.rules), ({ changes, mended }) => {
        this.isMending = false;
        // Somebody else changed it meanwhile: what was found may not fit any more.
        if (document !== this.project.document) void this.mendAll().then(resolve);
        else {
          if (mended > 0) this.#change(changes, t('captions.stepMendAll', { count: mended }));
          this.#say(t('captions.mendedAll', { count: mended }), mended > 0, mended > 0);
          resolve();
        }
      });
    });
  }

  /** Sets something on a cue by hand. */
  fix(place: number, fix: CueFix): void {
    const cue = this.view.cues[place];
    const changes = fixCue(this.project.document, cue, this.#within(place, fix));
    if (changes === null) this.#say(t('captions.twoAtOnce'), false);
    else this.#change(changes, t('captions.stepFix', { time: clockText(cue.startMs) }));
  }

  /** Lets a cue follow its words again. */
  release(place: number): void {
    const cue = this.view.cues[place];
    const changes = releaseCue(cue);
    if (changes) this.#change(changes, t('captions.stepFollow', { time: clockText(cue.startMs) }));
  }

  /** Splits a cue before a word, or joins it with the next one. */
  splitBefore(place: number, wordId: string): void {
    const cue = this.view.cues[place];
    this.#recut([cue], [wordId], t('captions.stepSplit', { time: clockText(cue.startMs) }));
  }

  joinNext(place: number): void {
    const [cue, next] = this.view.cues.slice(place, place + 2);
    if (next) this.#recut([cue, next], [], t('captions.stepJoin', { time: clockText(cue.startMs) }));
  }

  /** Gives a cue another text, a line each. @returns whether it could */
  edit(place: number, text: string): boolean {
    const cue = this.view.cues[place];
    try {
      const edit = editCue(this.project.document, cue, text);
      if (edit) {
        this.#apply(edit.operations, {
          label: t('captions.stepText', { time: clockText(cue.startMs) }),
          toAlign: edit.toAlign,
        });
      }
      return true;
    } catch (cause) {
      if (!(cause instanceof OperationError)) throw cause;
      this.#say(sentenceOf(cause), false);
      return false;
    }
  }

  setRules(captions: CaptionSettings): void {
    this.project.setCaptions(captions).catch(() => undefined);
  }

  setFilm(film: { frameRate?: number | null; startTimecode?: string | null }): void {
    const media = { ...this.project.document.media, ...film };
    this.#apply([{ type: 'setProperties', media }], { label: t('captions.stepFilm') });
  }

  /** Shifts and stretches all. @returns whether it could */
  retime(retiming: Retiming): boolean {
    const operations = retimeAll(this.project.document, retiming);
    if (operations === null) return false;
    this.#apply(operations, { label: t('captions.stepShift') });
    return true;
  }

  #recut(cues: readonly Cue[], startIds: readonly string[], label: string): void {
    const changes = recutCues(this.project.document, cues, startIds);
    if (changes === null) this.#say(t('captions.twoAtOnce'), false);
    else this.#change(changes, label);
  }

  /** Times stay inside the film, and a cue ends after it has begun. */
  #within(place: number, fix: CueFix): CueFix {
    const { startMs, endMs } = this.view.cues[place];
    const durationMs = this.project.document.media.durationMs;
    const within: CueFix = { ...fix };
    if (typeof fix.startMs === 'number')
      within.startMs = Math.round(Math.max(0, Math.min(fix.startMs, endMs - 1)));
    if (typeof fix.endMs === 'number') {
      within.endMs = Math.round(Math.min(durationMs, Math.max(fix.endMs, (within.startMs ?? startMs) + 1)));
    }
    return within;
  }

  #change(changes: OverrideChanges, label: string): void {
    this.#apply([{ type: 'changeOverrides', ...changes }], { label });
  }

  #apply(operations: Operation[], options: ApplyOptions): void {
    this.said = null;
    try {
      this.#untold.push(options.label);
      this.project.apply(operations, options).catch(() => undefined);
    } catch (cause) {
      this.#untold.pop();
      if (!(cause instanceof OperationError)) throw cause;
      this.#say(sentenceOf(cause), false);
    }
  }

  #say(text: string, isGood: boolean, isStep = false): void {
    this.said = { text, isGood, isStep };
  }
}

function* hasMend(
  document: Project['document'],
  { cues, faulty }: CueView,
  rules: CaptionState['rules'],
): Sliced<boolean> {
  for (const place of faulty) {
    yield;
    if (mendCue(document, cues, place, rules) !== null) return true;
  }
  return faulty.length === 0;
}

/** How a sentence names a cue. */
export function firstWords(cue: Cue): string {
  const text = cue.lines.map((line) => line.text).join(' ');
  const most = 40;
  return text.length <= most ? text : `${text.slice(0, most).replace(/\s\S*$/, '')} …`;
}
