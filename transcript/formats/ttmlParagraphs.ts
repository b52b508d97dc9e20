import type { CueBlock, CueBlocks } from './cueBlocks.ts';
import { markedLines, type StyledRun } from './cueMarkup.ts';
import { ttmlTime, type TtmlClock } from './ttmlTime.ts';
import { xmlEvents, type XmlEvent } from './xmlEvents.ts';

type Open = Extract<XmlEvent, { kind: 'open' }>;

/** What an element hands down to those in it. */
type Inherited = {
  name: string;
  startMs: number;
  endMs: number;
  italic: boolean;
  speaker: string | null;
  region: string | null;
  keepsSpaces: boolean;
};

/** What the head says, by id. */
type Head = {
  agents: Map<string, string>;
  italicStyles: Map<string, boolean>;
  regionTops: Map<string, number>;
};

const outermost: Inherited = {
  name: '',
  startMs: 0,
  endMs: Infinity,
  italic: false,
  speaker: null,
  region: null,
  keepsSpaces: false,
};

/** How long a paragraph is shown of which the file says no end. */
const endlessMs = 3000;

/** The paragraphs of a TTML file as cue blocks; a paragraph without an end has its parent's. */
export function readTtmlParagraphs(text: string): CueBlocks {
  const blocks: CueBlock[] = [];
  let endless = 0;
  const head: Head = { agents: new Map(), italicStyles: new Map(), regionTops: new Map() };
  const clock: TtmlClock = { frameRate: 30, tickRate: 1 };
  const path: Inherited[] = [outermost];
  let lines: StyledRun[][] | undefined;
  let agent: { id: string; name: string } | undefined;

  const finish = (paragraph: Inherited) => {
    if (lines === undefined) return;
    const hasText = lines.some((runs) => runs.some((run) => run.text.trim() !== ''));
    if (hasText && paragraph.endMs === Infinity) endless += 1;
    const endMs = paragraph.endMs === Infinity ? paragraph.startMs + endlessMs : paragraph.endMs;
    blocks.push(blockOf({ ...paragraph, endMs }, lines, head));
    lines = undefined;
  };

  for (const event of xmlEvents(text)) {
    const here = path[path.length - 1];
    if (event.kind === 'text') {
      const written = here.keepsSpaces
        ? event.text.replace(/[\r\n]+\s*/g, ' ')
        : event.text.replace(/\s+/g, ' ');
      lines?.at(-1)?.push({ text: written, italic: here.italic, speaker: here.speaker });
      if (agent !== undefined && here.name === 'name') agent.name += written;
    } else if (event.kind === 'open') {
      const { name, attributes } = event;
      if (name === 'tt') readClock(attributes, clock);
      readHead(event, head);
      if (name === 'agent') agent = { id: attributes.get('id') ?? '', name: '' };
      if (name === 'br') lines?.push([]);
      if (event.isEmpty) continue;
      path.push(inherit(here, event, head, clock));
      if (name === 'p') lines = [[]];
    } else {
      const place = path.findLastIndex((open) => open.name === event.name);
      if (place < 1) continue;
      const closed = path[place];
      path.length = place;
      if (agent !== undefined && closed.name === 'agent') {
        head.agents.set(agent.id, agent.name.trim());
        agent = undefined;
      }
      if (closed.name === 'p') finish(closed);
    }
  }
  const cut = path.findLast(({ name }) => name === 'p');
  if (cut !== undefined) finish(cut);
  return { blocks, warnings: warningsOf(endless, path.length > 1) };
}

function warningsOf(endless: number, breaksOff: boolean): string[] {
  const warnings: string[] = [];
  if (endless > 0) {
    warnings.push(`Cues without an end are shown for ${endlessMs / 1000} s (${endless}).`);
  }
  if (breaksOff) warnings.push('The file breaks off before its end; its text is read up to there.');
  return warnings;
}

function blockOf({ startMs, endMs, region }: Inherited, lines: StyledRun[][], head: Head): CueBlock {
  const top = region === null ? undefined : head.regionTops.get(region);
  return { startMs, endMs, settings: top === undefined ? '' : `line:${top}%`, lines: markedLines(lines) };
}

function readClock(attributes: ReadonlyMap<string, string>, clock: TtmlClock): void {
  const [numerator, denominator] = (attributes.get('frameRateMultiplier') ?? '1 1')
    .split(/[\s:]+/)
    .map(Number);
  const multiplier = numerator > 0 && denominator > 0 ? numerator / denominator : 1;
  const frameRate = Number(attributes.get('frameRate') ?? clock.frameRate);
  if (frameRate > 0) clock.frameRate = frameRate * multiplier;
  const tickRate = Number(attributes.get('tickRate') ?? (attributes.has('frameRate') ? clock.frameRate : 1));
  if (tickRate > 0) clock.tickRate = tickRate;
}

function readHead({ name, attributes }: Open, { italicStyles, regionTops }: Head): void {
  const id = attributes.get('id');
  if (id === undefined) return;
  if (name === 'style') italicStyles.set(id, attributes.get('fontStyle') === 'italic');
  // Only what hangs from its top tells where a cue stands.
  const [, top] = /^\S+\s+(\d{1,3}(?:\.\d{1,9})?)%/.exec(attributes.get('origin')?.trim() ?? '') ?? [];
  const hangs = (attributes.get('displayAlign') ?? 'before') === 'before';
  if (name === 'region' && hangs && top !== undefined && Number(top) <= 100) regionTops.set(id, Number(top));
}

function inherit(parent: Inherited, { name, attributes }: Open, head: Head, clock: TtmlClock): Inherited {
  const begin = ttmlTime(attributes.get('begin'), clock) ?? 0;
  const startMs = parent.startMs + begin;
  const end = ttmlTime(attributes.get('end'), clock);
  const duration = ttmlTime(attributes.get('dur'), clock);
  const ends = [
    parent.endMs,
    end === undefined ? Infinity : parent.startMs + end,
    duration === undefined ? Infinity : startMs + duration,
  ];
  const style = attributes.get('style')?.trim().split(/\s+/) ?? [];
  const slant = attributes.get('fontStyle');
  const agentId = attributes.get('agent')?.trim().split(/\s+/)[0];
  const space = attributes.get('space');
  return {
    name,
    startMs,
    endMs: Math.min(...ends),
    italic:
      slant === undefined
        ? style.reduce((italic, id) => head.italicStyles.get(id) ?? italic, parent.italic)
        : slant === 'italic',
    speaker: agentId === undefined ? parent.speaker : head.agents.get(agentId) || parent.speaker,
    region: attributes.get('region') ?? parent.region,
    keepsSpaces: space === undefined ? parent.keepsSpaces : space === 'preserve',
  };
}
