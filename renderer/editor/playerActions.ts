import { chosen } from '../settings/chosen.svelte.ts';
import { onAction } from '../shortcuts/press.ts';
import type { Player } from './player.svelte.ts';
import type { Project } from './project.svelte.ts';
import { neighbouringSegmentStart, neighbouringWordStart, segmentAt, segmentTime } from './timeIndex.ts';

/** What the transport and its keys do, in the text and in the captions alike. */
export type PlayerActions = ReturnType<typeof playerActions>;

export function playerActions(project: Project, player: Player) {
  const to = (ms: number | null) => {
    if (ms !== null) player.seek(ms);
  };
  const actions = {
    toSegment: (direction: 1 | -1) => to(neighbouringSegmentStart(project.document, player.nowMs, direction)),
    toWord: (direction: 1 | -1) => to(neighbouringWordStart(project.document, player.nowMs, direction)),
    loopSegment() {
      const { document } = project;
      const place = segmentAt(document, player.nowMs);
      const time = place < 0 ? null : segmentTime(document, place);
      player.loop = player.loop === null ? time : null;
    },
    step: (direction: 1 | -1) => player.step(direction * chosen.settings.stepSeconds * 1000),
  };
  return actions;
}

/** Does them by keys. @returns what ends it */
export function listenForPlayerKeys(player: Player, actions: PlayerActions): () => void {
  const stops = [
    onAction('play.toggle', () => player.toggle()),
    onAction('play.back', () => actions.step(-1)),
    onAction('play.forward', () => actions.step(1)),
    onAction('play.wordBack', () => actions.toWord(-1)),
    onAction('play.wordForward', () => actions.toWord(1)),
    onAction('play.segmentBack', () => actions.toSegment(-1)),
    onAction('play.segmentForward', () => actions.toSegment(1)),
    onAction('play.slower', () => player.setRate(player.rate - 0.25)),
    onAction('play.faster', () => player.setRate(player.rate + 0.25)),
    onAction('play.loop', () => actions.loopSegment()),
  ];
  return () => stops.forEach((stop) => stop());
}
