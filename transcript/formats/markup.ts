/**
 * What has no escape is broken by a word joiner (U+2060, without width), which the reader takes out again. A
 * text that has one there already gets a second, so nothing is ever lost.
 */
const joiner = '\u2060';

/** Players take `{\an8}` and `{i}` for settings in either format, though neither knows them. */
const braces = String.raw`\{(?=JOINED(?:\\|\/?[ibu]\}|[ycYC]:))`;
/** SRT has no escapes at all. */
const srtMarkup = String.raw`<(?=JOINED[\p{L}\p{N}/!?])|&(?=JOINED#?[\p{L}\p{N}]{1,32};)|--(?=JOINED>)|${braces}`;

function breaker(pattern: string) {
  const whole = new RegExp(`(${pattern.replaceAll('JOINED', `${joiner}*`)})`, 'gu');
  const broken = new RegExp(`(${pattern.replaceAll('JOINED', `${joiner}+`)})${joiner}`, 'gu');
  return {
    write: (text: string) => text.replace(whole, `$1${joiner}`),
    read: (text: string) => (text.includes(joiner) ? text.replace(broken, '$1') : text),
  };
}

const srtBreaker = breaker(srtMarkup);
const vttBreaker = breaker(braces);

/** A line of text as SRT can hold it. */
export const escapeSrt = srtBreaker.write;
/** Takes out what `escapeSrt` put in, after markup has been read. */
export const unescapeSrt = srtBreaker.read;

const vttEscapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text as WebVTT cue text or annotation. */
export function escapeVtt(text: string): string {
  return vttBreaker.write(text).replace(/[&<>]/g, (character) => vttEscapes[character]);
}

/** Takes out what `escapeVtt` put in, after markup has been read and references are decoded. */
export const unescapeVtt = vttBreaker.read;

const namedEntities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  lrm: '\u200e',
  rlm: '\u200f',
};

/** The character of one reference such as `&amp;` or `&#39;`; the reference itself where there is none such. */
function entity(reference: string): string {
  const name = reference.slice(1, -1);
  if (!name.startsWith('#')) return namedEntities[name.toLowerCase()] ?? reference;
  const hexadecimal = name[1] === 'x' || name[1] === 'X';
  const code = hexadecimal ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  const isCharacter = code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : reference;
}

const entityPattern = String.raw`&(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z]{2,6});`;
const everyEntity = new RegExp(entityPattern, 'g');

/** Character references as the characters that they stand for. */
export function decodeEntities(text: string): string {
  return text.includes('&') ? text.replace(everyEntity, entity) : text;
}

/** A stretch of a line in one voice; `atMs` where the file says when it begins. */
export type Run = { text: string; speaker: string | null; atMs?: number };

export type MarkedText = { lines: Run[][]; italic: boolean };

// Bounded, and none can begin inside another: a megabyte of `<` is read in one pass.
const token = new RegExp(String.raw`<[^<>]{1,400}>|\{[^{}]{1,200}\}|${entityPattern}`, 'g');
const tag = /^<(\/?)(i|b|u|s|c|v|em|strong|lang|ruby|rt|font|span|br)(?:[.\s/][^>]*)?>$/i;
const voice = /^<v(?:\.[^\s>]*)?[ \t]+([^>]*)>$/i;
const timestamp = /^<(?:(\d{1,6}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})>$/;
const assTag = /^\{(?:\\.*|\/?[ibu]|[ycYC]:.*)\}$/;

/**
 * Takes the markup out of a cue's lines: tags and settings that players know go, all else is text. Voices,
 * word times and italics over the whole cue are kept beside it.
 */
export function readMarkup(lines: readonly string[]): MarkedText {
  const marked: Run[][] = [];
  let speaker: string | null = null;
  let italicDepth = 0;
  let allItalic = true;
  let anyText = false;
  let atMs: number | undefined;

  for (const line of lines) {
    let runs: Run[] = [{ text: '', speaker }];
    marked.push(runs);
    const add = (text: string) => {
      const last = runs[runs.length - 1];
      if (atMs !== undefined || last.speaker !== speaker) {
        runs.push({ text, speaker, atMs });
        atMs = undefined;
      } else last.text += text;
      if (text.trim() === '') return;
      anyText = true;
      if (italicDepth === 0) allItalic = false;
    };
    let read = 0;
    for (const match of line.matchAll(token)) {
      if (match.index > read) add(line.slice(read, match.index));
      read = match.index + match[0].length;
      const [found] = match;
      const time = timestamp.exec(found);
      const known = tag.exec(found);
      if (found.startsWith('&')) add(entity(found));
      else if (time !== null) {
        const [hours, minutes, seconds] = [time[1] ?? '0', time[2], time[3]].map(Number);
        atMs = ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number(time[4].padEnd(3, '0'));
      } else if (known !== null) {
        const [, closes, name] = known;
        if (/^(i|em)$/i.test(name)) italicDepth = Math.max(0, italicDepth + (closes ? -1 : 1));
        else if (/^v$/i.test(name))
          speaker = closes ? null : decodeEntities(voice.exec(found)?.[1] ?? '').trim() || null;
        else if (/^br$/i.test(name)) marked.push((runs = [{ text: '', speaker }]));
      } else if (!assTag.test(found)) add(found);
    }
    if (read < line.length) add(line.slice(read));
  }
  return { lines: marked, italic: anyText && allItalic };
}
