import type { Cue } from '../../transcript/captions/cue.ts';
import { lowerBound } from '../../transcript/positions.ts';

export type CueColours = {
  block: string;
  text: string;
  on: string;
  onText: string;
  bad: string;
  font: string;
};

/** The colours of the tokens as they are now, by painting them: `light-dark(…)` is only known to the element. */
export function cueColours(element: HTMLElement): CueColours {
  const probe = document.createElement('i');
  probe.hidden = true;
  element.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    block: colour('--select'),
    text: colour('--text'),
    on: colour('--thread'),
    onText: colour('--on-thread'),
    bad: colour('--bad'),
    font: getComputedStyle(element).fontFamily,
  };
  probe.remove();
  return colours;
}

const block = { bottom: 4, height: 18, padding: 5, radius: 3 };

/** Draws the cues of a stretch as blocks with their first words; faulty ones have a red foot. */
export function drawCues(
  context: CanvasRenderingContext2D,
  { cues, isFaulty, chosen }: { cues: readonly Cue[]; isFaulty(place: number): boolean; chosen: number },
  stretch: { startMs: number; spanMs: number },
  size: { width: number; height: number },
  colours: CueColours,
): void {
  const endMs = stretch.startMs + stretch.spanMs;
  const scale = size.width / stretch.spanMs;
  const top = size.height - block.bottom - block.height;
  context.font = `11px ${colours.font}`;
  context.textBaseline = 'middle';
  const first = lowerBound(cues, (cue) => cue.endMs <= stretch.startMs);
  for (let place = first; place < cues.length && cues[place].startMs < endMs; place += 1) {
    const cue = cues[place];
    const left = (cue.startMs - stretch.startMs) * scale;
    const width = Math.max(2, (cue.endMs - cue.startMs) * scale - 1);
    const isOn = place === chosen;
    context.save();
    context.beginPath();
    context.roundRect(left, top, width, block.height, block.radius);
    context.clip();
    context.fillStyle = isOn ? colours.on : colours.block;
    context.fillRect(left, top, width, block.height);
    if (width > 24) {
      context.fillStyle = isOn ? colours.onText : colours.text;
      const text = cue.lines.map((line) => line.text).join(' ');
      context.fillText(text.slice(0, 200), Math.max(left, 0) + block.padding, top + block.height / 2);
    }
    if (isFaulty(place)) {
      context.fillStyle = colours.bad;
      context.fillRect(left, top + block.height - 3, width, 3);
    }
    context.restore();
  }
}
