const line = $state({ text: '', times: 0 });

/** Says something to a screen reader, in the page's one polite `status` line. For what is seen elsewhere anyway. */
export function announce(text: string): void {
  line.text = text;
  line.times += 1;
}

/** What was said last. The same sentence twice is heard twice, as the second differs by a space. */
export function announced(): string {
  return line.times % 2 === 0 ? line.text : `${line.text}\u00a0`;
}
