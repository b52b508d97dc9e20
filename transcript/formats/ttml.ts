import type { Cue, CueLine } from '../captions/cue.ts';
import { oneLine } from '../captions/joining.ts';
import type { TranscriptDocument } from '../document.ts';
import { documentOfCues } from './cueDocument.ts';
import { FormatError, type Format, type ReadResult, type WriteOptions } from './format.ts';
import { unescapeVtt } from './markup.ts';
import { titleOf } from './prose.ts';
import { cuesToWrite } from './srt.ts';
import { clockTime } from './times.ts';
import { readTtmlParagraphs } from './ttmlParagraphs.ts';
import { positionSetting } from './vtt.ts';
import { escapeXml } from './xml.ts';

/** Timed Text Markup Language, as the text profile of IMSC 1.0.1 (W3C) has it. */

const profile = 'http://www.w3.org/ns/ttml/profile/imsc1/text';

const attributes = [
  'xmlns="http://www.w3.org/ns/ttml"',
  'xmlns:ttm="http://www.w3.org/ns/ttml#metadata"',
  'xmlns:ttp="http://www.w3.org/ns/ttml#parameter"',
  'xmlns:tts="http://www.w3.org/ns/ttml#styling"',
  `ttp:profile="${profile}"`,
  'ttp:timeBase="media"',
  'xml:space="preserve"',
];

const paragraphStyle =
  '<style xml:id="cue" tts:color="white" tts:backgroundColor="#000000c7" tts:fontFamily="proportionalSansSerif" tts:fontSize="100%" tts:lineHeight="125%" tts:textAlign="center"/>';

/** Regions lie inside the safe area; one whose top is set reaches from there to the foot. */
function region(percent: number | undefined): { id: string; xml: string } {
  if (percent === undefined) {
    return {
      id: 'foot',
      xml: '<region xml:id="foot" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>',
    };
  }
  const top = Math.min(percent, 99);
  return {
    id: `top${String(percent).replace('.', '-')}`,
    xml: `<region xml:id="top${String(percent).replace('.', '-')}" tts:origin="10% ${top}%" tts:extent="80% ${Math.round((100 - top) * 1e6) / 1e6}%" tts:displayAlign="before"/>`,
  };
}

function paragraph(cue: Cue, number: number, agents: ReadonlyMap<string, string>): string {
  const agentOf = (line: CueLine) => agents.get(line.speakerId ?? '');
  const agent = (id: string | undefined) => (id === undefined ? '' : ` ttm:agent="${id}"`);
  const all = new Set(cue.lines.map(agentOf));
  const shared = all.size === 1 ? agentOf(cue.lines[0]) : undefined;
  const text = cue.lines
    .map((line) => {
      const own = all.size > 1 ? agentOf(line) : undefined;
      return own === undefined ? escapeXml(line.text) : `<span${agent(own)}>${escapeXml(line.text)}</span>`;
    })
    .join('<br/>');
  const slant = cue.italic ? ' tts:fontStyle="italic"' : '';
  const place = cue.positionPercent === undefined ? '' : ` region="${region(cue.positionPercent).id}"`;
  const times = `begin="${clockTime(cue.startMs)}" end="${clockTime(cue.endMs)}"`;
  return `<p xml:id="c${number}" ${times}${place}${agent(shared)}${slant}>${text}</p>\n`;
}

function write(document: TranscriptDocument, options: WriteOptions): string {
  const cues = cuesToWrite(document, options, options.speakers ?? false);
  const agents = new Map(document.speakers.map(({ id }, index) => [id, `a${index + 1}`]));
  const speakers = document.speakers.map(
    ({ name }, index) =>
      `<ttm:agent xml:id="a${index + 1}" type="person"><ttm:name type="full">${escapeXml(oneLine(name))}</ttm:name></ttm:agent>\n`,
  );
  const regions = new Map(
    [undefined, ...cues.map((cue) => cue.positionPercent)].map((p) => [p, region(p).xml]),
  );
  const paragraphs = cues.map((cue, index) => paragraph(cue, index + 1, agents));
  return `<?xml version="1.0" encoding="UTF-8"?>
<tt ${attributes.join(' ')} xml:lang="${escapeXml(document.languages.at(0) ?? '')}">
<head>
<metadata>
<ttm:title>${escapeXml(titleOf(document))}</ttm:title>
${speakers.join('')}</metadata>
<styling>
${paragraphStyle}
</styling>
<layout>
${[...regions.values()].join('\n')}
</layout>
</head>
<body style="cue" region="foot">
<div>
${paragraphs.join('')}</div>
</body>
</tt>
`;
}

const root = /<(?:[A-Za-z][\w.-]{0,30}:)?tt(?=[\s>])/;

function read(text: string, name: string): ReadResult {
  if (!root.test(text)) {
    throw new FormatError(`“${name}” is no TTML file: it has no tt element; choose another file.`);
  }
  return documentOfCues(readTtmlParagraphs(text), name, {
    unescape: unescapeVtt,
    positionPercent: positionSetting,
  });
}

export const ttml: Format = {
  id: 'ttml',
  extension: 'ttml',
  name: 'TTML',
  write,
  read,
  recognises: (text) => /^\s*<[?!a-z]/i.test(text) && root.test(text.slice(0, 10_000)),
};
