/**
 * A text as a file's name on every system: no separators, no signs that some refuse, no leading dots.
 * @param atMost in UTF-16 units; the end stays, which has the extension
 */
export function safeFileName(text: string, atMost = 120): string {
  const safe = [...text]
    .map((sign) => (sign < ' ' || '/\\:*?"<>|\u007f'.includes(sign) ? '_' : sign))
    .join('')
    .replace(/^\.+/, '_');
  return safe.slice(-atMost).trim() || '_';
}
