/**
 * A spreadsheet takes a field that begins so for a formula and may run it. An apostrophe before it makes it
 * text; where apostrophes stand before one already, one more, so that reading can always take one away.
 */
const formula = /^'*[\s]*[=+\-@＝＋－＠]/;
const defused = /^'+[\s]*[=+\-@＝＋－＠]/;

function writeField(value: string, delimiter: string): string {
  const safe = formula.test(value) ? `'${value}` : value;
  const quoted = safe.includes(delimiter) || /["\r\n]/.test(safe) || safe !== safe.trim();
  return quoted ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as RFC 4180 has them, with LF; a field that a spreadsheet would run is made text. */
export function writeRows(rows: readonly (readonly string[])[], delimiter: ',' | '\t'): string {
  return rows.map((row) => `${row.map((field) => writeField(field, delimiter)).join(delimiter)}\n`).join('');
}

/** The end of a quoted field that begins at `start`, after its closing quote, or -1 where it is none. */
function quotedEnd(text: string, start: number, delimiter: string): number {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) return -1;
  const after = text[close + 1];
  return after === undefined || after === delimiter || after === '\n' || after === '\r' ? close + 1 : -1;
}

/** Where the field without quotes that begins at `start` ends. */
function plainEnd(text: string, start: number, delimiter: string): number {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}

/**
 * Rows of fields. A quote that closes nothing, as programs write that know no quoting, is text. Empty rows go.
 */
export function readRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  // Once a quote was found open to the end of the file, no later one needs to look so far again.
  let quotesClose = true;
  while (at < text.length) {
    let field: string;
    const end = quotesClose && text[at] === '"' ? quotedEnd(text, at, delimiter) : -1;
    if (end >= 0) {
      field = text.slice(at + 1, end - 1).replaceAll('""', '"');
      at = end;
    } else {
      if (quotesClose && text[at] === '"' && text.indexOf('"', at + 1) < 0) quotesClose = false;
      const stop = plainEnd(text, at, delimiter);
      field = text.slice(at, stop);
      at = stop;
    }
    row.push(defused.test(field) ? field.slice(1) : field);
    if (text[at] === delimiter && at + 1 < text.length) {
      at += 1;
      continue;
    }
    if (text[at] === delimiter) row.push('');
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    if (row.some((value) => value.trim() !== '')) rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}
