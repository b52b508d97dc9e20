/** Where a regular expression fits a text, as it can be sent between threads. */
export type Match = {
  index: number;
  text: string;
  groups: (string | undefined)[];
  named: Record<string, string>;
};

/** Every place that is not empty. With an unfortunate expression this takes longer than anybody lives. */
export function matchesOf(text: string, expression: RegExp): Match[] {
  const matches: Match[] = [];
  for (const match of text.matchAll(expression)) {
    if (match[0] === '') continue;
    const named = { ...match.groups };
    matches.push({ index: match.index, text: match[0], groups: match.slice(1), named });
  }
  return matches;
}
