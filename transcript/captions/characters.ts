const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plainAscii = /^[\x20-\x7e]*$/;

/** East Asian Width W and F (Unicode Annex 11), by block. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Characters as a reader sees them: graphemes, so that `é` in two code points or a flag is one. */
export function countCharacters(text: string): number {
  if (plainAscii.test(text)) return text.length;
  return [...graphemes.segment(text)].length;
}

/**
 * The room that a text takes on the screen, in the widths of a Latin letter: a wide character (Chinese,
 * Japanese, Korean, emoji) takes two. A line of 42 so holds 21 of them, near what screens can show.
 */
export function displayWidth(text: string): number {
  if (plainAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}
