import type { AlignmentGraph } from './alignmentGraph.ts';
import { findAnchors } from './anchors.ts';
import type { FrameSequence } from './frameSequence.ts';
import type { Band } from './viterbi.ts';

/** A whole trellis of this many cells takes well under a tenth of a second and needs no band. */
const smallTrellis = 2_000_000;
/** Between two anchors all is searched up to this many cells, and above it a corridor of about as many. */
const cellsBetweenAnchors = 20_000_000;
/** States beside an anchor that are searched nevertheless, should it be a false one. */
const margin = 300;

/** A frame that a state surely lies near. */
type Knot = { frame: number; state: number };

/** Every state on every frame. */
export function wholeBand(frames: number, states: number): Band {
  return { low: new Int32Array(frames), high: new Int32Array(frames).fill(states - 1) };
}

/**
 * The states worth a search on each frame: all where that is little; else around places where the letters that
 * the frames prefer surely agree with the text.
 */
export function searchBand(graph: AlignmentGraph, sequence: FrameSequence): Band {
  const states = graph.columns.length;
  if (states * sequence.frames <= smallTrellis) return wholeBand(sequence.frames, states);
  return bandAround(knots(graph, sequence), sequence.frames, states, longestWord(graph) + margin);
}

function longestWord({ silences }: AlignmentGraph): number {
  let longest = 0;
  for (let i = 1; i < silences.length; i += 1) longest = Math.max(longest, silences[i] - silences[i - 1]);
  return longest;
}

function knots(graph: AlignmentGraph, sequence: FrameSequence): Knot[] {
  const heard = heardLetters(sequence);
  const letters = textLetters(graph);
  return findAnchors(letters.text, heard.text).map((anchor) => ({
    frame: heard.frames[anchor.heard],
    state: letters.states[anchor.text],
  }));
}

// One UTF-16 unit a token, so that a place in the string is a place in the row of letters.
const characterOf = (id: number) => String.fromCharCode(1 + id);
const unknownLetter = '\0';

function heardLetters(sequence: FrameSequence): { text: string; frames: number[] } {
  const costs = new Float64Array(sequence.columns);
  const frames: number[] = [];
  const characters: string[] = [];
  let last = -1;
  for (let frame = 0; frame < sequence.frames; frame += 1) {
    const id = sequence.readCosts(frame, costs);
    if (id !== last && sequence.tokens.kinds[id] === 'text') {
      characters.push(characterOf(id));
      frames.push(frame);
    }
    last = id;
  }
  return { text: characters.join(''), frames };
}

function textLetters(graph: AlignmentGraph): { text: string; states: number[] } {
  const severalSpellings = new Set(graph.words.filter((_, state) => graph.spellings[state] > 0));
  const states: number[] = [];
  const characters: string[] = [];
  graph.columns.forEach((column, state) => {
    if (!graph.isLetter[state] || graph.spellings[state] > 0) return;
    states.push(state);
    characters.push(severalSpellings.has(graph.words[state]) ? unknownLetter : characterOf(column));
  });
  return { text: characters.join(''), states };
}

/** The states between and beside the knots, which rise in both frame and state; `margin` is at least a word long. */
export function bandAround(knots: Knot[], frames: number, states: number, margin: number): Band {
  const band: Band = { low: new Int32Array(frames).fill(states - 1), high: new Int32Array(frames) };
  const ends = [...knots, { frame: frames - 1, state: states - 1 }];
  let from: Knot = { frame: 0, state: 0 };
  for (const to of ends) {
    const duration = Math.max(1, to.frame - from.frame);
    const slope = (to.state - from.state) / duration;
    const halfWidth = Math.max(margin, slope, cellsBetweenAnchors / duration / 2);
    for (let frame = from.frame; frame <= to.frame; frame += 1) {
      const middle = from.state + (frame - from.frame) * slope;
      const low = Math.max(0, Math.floor(Math.max(from.state - margin, middle - halfWidth)));
      const high = Math.min(states - 1, Math.ceil(Math.min(to.state + margin, middle + halfWidth)));
      // A knot's frame belongs to both of its sides.
      band.low[frame] = Math.min(band.low[frame], low);
      band.high[frame] = Math.max(band.high[frame], high);
    }
    from = to;
  }
  return rising(band);
}

/** Widens a band where an edge falls back, so that neither ever does. */
function rising({ low, high }: Band): Band {
  for (let frame = low.length - 2; frame >= 0; frame -= 1) low[frame] = Math.min(low[frame], low[frame + 1]);
  for (let frame = 1; frame < high.length; frame += 1) high[frame] = Math.max(high[frame], high[frame - 1]);
  low[0] = 0;
  return { low, high };
}
