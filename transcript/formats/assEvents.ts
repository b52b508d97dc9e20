import { readAssText, readAssTurns, type AssText } from './assText.ts';
import type { CueBlock, CueBlocks } from './cueBlocks.ts';
import { markedLines } from './cueMarkup.ts';
import { readClock } from './times.ts';

/** The order of an event's fields where no `Format:` line says it. */
const usualFields = 'layer,start,end,style,name,marginl,marginr,marginv,effect,text'.split(',');
const usualHeight = 288;
/** Where a cue stands that is only said to be at the top. */
const topPercent = 5;

/** Events of Advanced SubStation Alpha (and of SSA before it) as cue blocks; comments and drawings are left out. */
export function readAssEvents(text: string): CueBlocks {
  const blocks: CueBlock[] = [];
  let unread = 0;
  let section = '';
  let fields = usualFields;
  let height = usualHeight;
  for (const line of text.split(/\r\r?\n|\r|\n/)) {
    const heading = /^\s{0,20}\[([^\]]{1,60})\]/.exec(line);
    if (heading !== null) section = heading[1].toLowerCase();
    const [, key = '', value = ''] = /^\s{0,20}([A-Za-z]{1,20})\s{0,20}:\s?(.*)$/.exec(line) ?? [];
    if (/^playresy$/i.test(key)) height = Number.parseInt(value, 10) || usualHeight;
    if (/^format$/i.test(key) && section === 'events') {
      fields = value.split(',').map((field) => field.trim().toLowerCase());
    }
    if (!/^dialogue$/i.test(key)) continue;
    const block = readEvent(value, fields, height);
    if (block === undefined) unread += 1;
    else blocks.push(block);
  }
  return {
    blocks,
    warnings: unread > 0 ? [`Events without fields or times were left out (${unread}).`] : [],
  };
}

function readEvent(value: string, fields: readonly string[], height: number): CueBlock | undefined {
  const parts = value.split(',');
  const textAt = fields.includes('text') ? fields.indexOf('text') : fields.length - 1;
  // The text alone may hold commas, so what stands behind it counts from the end.
  const behind = fields.length - 1 - textAt;
  const field = (name: string) => {
    const at = fields.indexOf(name);
    return at < 0 ? '' : (parts.at(at <= textAt ? at : at - fields.length) ?? '');
  };
  const [startMs, endMs] = [readClock(field('start')), readClock(field('end'))];
  if (startMs === undefined || endMs === undefined || parts.length < fields.length) return undefined;
  const speaker = (field('name') || field('actor')).trim() || null;
  const { lines, position } = readAssText(parts.slice(textAt, parts.length - behind).join(','), speaker);
  const settings = position === undefined ? '' : `line:${percentOf(position, height)}%`;
  return { startMs, endMs, settings, lines: markedLines(readAssTurns(lines, speaker)) };
}

function percentOf(position: NonNullable<AssText['position']>, height: number): number {
  if (position === 'top') return topPercent;
  return Math.min(100, Math.round((position.y / height) * 1e5) / 1e3);
}
