import type { AlignmentGraph } from './alignmentGraph.ts';
import { findAnchors } from './anchors.ts';
import type { FrameSequence } from './frameSequence.ts';

/** A whole trellis of this many cells takes well under a tenth of a second and needs no band. */
const smallTrellis = 2_000_000;
/** Between two anchors all is searched up to this many cells, and above it what a beam leaves. */
const cellsBetweenAnchors = 20_000_000;
/** States beside an anchor that are searched nevertheless, should it be a false one. */
const margin = 300;

/** The states that are searched on each frame: low[t] up to and with high[t], neither ever falling. */
export type Band = {
  states: number;
  low: Int32Array;
  high: Int32Array;
  /** Frames on which that is too much, so that hopeless states are given up. */
  isBeam: Uint8Array;
};

/** A frame that a state surely lies near. */
type Knot = { frame: number; state: number };

/** Every state on every frame. */
export function wholeBand(frames: number, states: number): Band {
  return {
    states,
    low: new Int32Array(frames),
    high: new Int32Array(frames).fill(states - 1),
    isBeam: new Uint8Array(frames),
  };
}

/**
 * The states worth a search on each frame: all where that is little; else around places where the letters that
 * the frames prefer surely agree with the text.
 */
export function searchBand(graph: AlignmentGraph, sequence: FrameSequence): Band {
  const states = graph.columns.length;
  if (states * sequence.frames <= smallTrellis) return wholeBand(sequence.frames, states);
  return bandAround(knots(graph, sequence), sequence.frames, states, graph.longestStep + margin);
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

/** The states between and beside knots, which rise in both frame and state; `margin` is at least a word long. */
export function bandAround(knots: Knot[], frames: number, states: number, margin: number): Band {
  const band: Band = {
    states,
    low: new Int32Array(frames).fill(states - 1),
    high: new Int32Array(frames),
    isBeam: new Uint8Array(frames),
  };
  let from: Knot = { frame: 0, state: 0 };
  for (const to of [...knots, { frame: frames - 1, state: states - 1 }]) {
    const low = Math.max(0, from.state - margin);
    const high = Math.min(states - 1, to.state + margin);
    const isBeam = (to.frame - from.frame) * (high - low) > cellsBetweenAnchors;
    for (let frame = from.frame; frame <= to.frame; frame += 1) {
      // A knot's frame belongs to both of its sides.
      band.low[frame] = Math.min(band.low[frame], low);
      band.high[frame] = Math.max(band.high[frame], high);
      // At a knot the words that its sides have not found may be left out.
      band.isBeam[frame] = isBeam && frame > from.frame && frame < to.frame ? 1 : 0;
    }
    from = to;
  }
  return band;
}
