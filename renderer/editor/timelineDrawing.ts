import type { TranscriptDocument } from '../../transcript/document.ts';
import { isWord, segmentRange } from '../../transcript/positions.ts';
import { hasGuessedTime, isDoubtful } from '../../transcript/doubt.ts';
import { foldFor, type Peaks } from './peaks.ts';
import { segmentsBetween } from './timeIndex.ts';

/** Colours of the tokens as they are now. */
export type TimelineColours = {
  wave: string;
  edge: string;
  text: string;
  doubt: string;
  speakers: readonly string[];
  font: string;
};

export function coloursOf(element: Element): TimelineColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => resolved(style, name);
  return {
    wave: colour('--wave'),
    edge: colour('--edge'),
    text: colour('--text-2'),
    doubt: colour('--conf-3-line'),
    speakers: [1, 2, 3, 4, 5, 6].map((place) => colour(`--spk-${place}`)),
    font: style.fontFamily,
  };
}

/** A token may be `light-dark(…)`, which a canvas does not read: the element's own scheme decides. */
function resolved(style: CSSStyleDeclaration, name: string): string {
  const value = style.getPropertyValue(name).trim();
  const parts = /^light-dark\(\s*([^,]+?)\s*,\s*([^)]+?)\s*\)$/.exec(value);
  if (!parts) return value;
  const isDark =
    style.colorScheme === 'dark' ||
    (style.colorScheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  return parts[isDark ? 2 : 1];
}

type Stretch = { startMs: number; spanMs: number };

/** Sizes a canvas for the screen's own pixels. @returns its context, scaled to CSS pixels, emptied */
export function prepared(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = devicePixelRatio || 1;
  const [own, tall] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== own || canvas.height !== tall) {
    canvas.width = own;
    canvas.height = tall;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(scale, 0, 0, scale, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

/** The outline of the sound over the whole width of a canvas, between two heights. */
export function drawWave(
  context: CanvasRenderingContext2D,
  peaks: Peaks,
  { startMs, spanMs }: Stretch,
  { width, top, height }: { width: number; top: number; height: number },
  colour: string,
): void {
  const step = 2;
  const msPerPixel = spanMs / width;
  const fold = foldFor(msPerPixel * step);
  context.fillStyle = colour;
  const middle = top + height / 2;
  for (let x = 0; x < width; x += step) {
    const loudest = peaks.loudest(startMs + x * msPerPixel, startMs + (x + step) * msPerPixel, fold);
    if (loudest === undefined) continue;
    const half = Math.max(0.5, (loudest / 255) * (height / 2));
    context.fillRect(x, middle - half, step * 0.7, half * 2);
  }
}

const rulerStepsMs = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  3_600_000, 7_200_000,
];

/** The times of a ruler and how fine they are: a mark each 90 px or more. */
export function rulerOf({ startMs, spanMs }: Stretch, width: number): { stepMs: number; marks: number[] } {
  const least = (spanMs / Math.max(1, width)) * 90;
  const stepMs = rulerStepsMs.find((step) => step >= least) ?? rulerStepsMs.at(-1)!;
  const marks: number[] = [];
  for (let ms = Math.ceil(startMs / stepMs) * stepMs; ms < startMs + spanMs; ms += stepMs) marks.push(ms);
  return { stepMs, marks };
}

export function drawRuler(
  context: CanvasRenderingContext2D,
  stretch: Stretch,
  width: number,
  colours: TimelineColours,
  clock: (ms: number, stepMs: number) => string,
): void {
  const { stepMs, marks } = rulerOf(stretch, width);
  context.font = `11px ${colours.font}`;
  context.textBaseline = 'top';
  for (const ms of marks) {
    const x = ((ms - stretch.startMs) / stretch.spanMs) * width;
    context.fillStyle = colours.edge;
    context.fillRect(Math.round(x), 5, 1, 10);
    context.fillStyle = colours.text;
    context.fillText(clock(ms, stepMs), Math.round(x) + 4, 4);
  }
}

/** A stitch for each segment and a tick for each doubtful word. */
export function drawSegments(
  context: CanvasRenderingContext2D,
  document: TranscriptDocument,
  { startMs, spanMs }: Stretch,
  { width, height }: { width: number; height: number },
  colours: TimelineColours,
): void {
  const speakerPlaces = new Map(document.speakers.map(({ id }, place) => [id, place]));
  const across = (ms: number) => ((ms - startMs) / spanMs) * width;
  const showsWords = spanMs < 1_200_000;
  for (const { place, startMs: from, endMs: to } of segmentsBetween(document, startMs, startMs + spanMs)) {
    const { speakerId } = document.segments[place];
    const speakerPlace = speakerId === null ? undefined : speakerPlaces.get(speakerId);
    const colour = speakerPlace === undefined ? colours.edge : colours.speakers[speakerPlace % 6];
    const [x, end] = [across(from), across(to)];
    let isLate = false;
    if (showsWords) {
      const [first, last] = segmentRange(document, place);
      context.fillStyle = colours.doubt;
      for (let k = first; k < last; k++) {
        const item = document.items[k];
        isLate ||= hasGuessedTime(item);
        if (isWord(item) && isDoubtful(item)) context.fillRect(across(item.startMs), 16, 2, 6);
      }
    }
    drawStitch(context, { x, end: Math.max(end - 1, x + 3), y: height - 13 }, colour, isLate);
  }
}

function drawStitch(
  context: CanvasRenderingContext2D,
  { x, end, y }: { x: number; end: number; y: number },
  colour: string,
  isBroken: boolean,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 6;
  context.lineCap = isBroken ? 'butt' : 'round';
  context.setLineDash(isBroken ? [5, 4] : []);
  context.beginPath();
  const inset = isBroken ? 0 : Math.min(3, (end - x) / 2);
  context.moveTo(x + inset, y + 3);
  context.lineTo(Math.max(x + inset + 0.1, end - inset), y + 3);
  context.stroke();
  context.setLineDash([]);
}
