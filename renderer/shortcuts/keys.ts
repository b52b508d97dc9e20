/**
 * Key combinations as text: `Ctrl+Shift+Z`, `K`, `F8`, `Comma`. `Ctrl` is Command on macOS. Letters are capitals;
 * of other printable keys only what they write counts, so `?` is `?` on every keyboard.
 */
export type Combination = string;

/** What a key press is read from; the same as of a KeyboardEvent. */
export type KeyPress = {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  getModifierState?(name: string): boolean;
};

const named: Record<string, string> = {
  ' ': 'Space',
  ',': 'Comma',
  '.': 'FullStop',
  '-': 'Minus',
  '=': 'Equals',
  '+': 'Plus',
  Escape: 'Esc',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
};
const modifierKeys = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Fn', 'Dead']);

/** The combination that was pressed; null for a modifier alone and for keys without a name. */
export function combinationOf(press: KeyPress, isMac: boolean): Combination | null {
  const { key, code } = press;
  if (modifierKeys.has(key) || key === 'Unidentified' || key === 'Process' || key === '') return null;
  // AltGr writes a sign of its own; Windows tells of it as Ctrl and Alt.
  const writes = press.getModifierState?.('AltGraph') ?? false;
  const primary = (isMac ? press.metaKey : press.ctrlKey) && !writes;
  const alt = press.altKey && !writes;
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  let name = named[key] ?? key;
  let keepsShift = name.length > 1 && !['Comma', 'FullStop', 'Minus', 'Equals', 'Plus'].includes(name);
  if (digit !== undefined && !writes) [name, keepsShift] = [digit, true];
  else if (/^\p{L}$/u.test(key)) {
    // With Option macOS writes other letters; the key's place tells which was meant.
    name = alt && letter && !/^[a-z]$/i.test(key) ? letter : key.toUpperCase();
    keepsShift = true;
  } else if (alt && letter) [name, keepsShift] = [letter, true];
  const parts = [
    primary && 'Ctrl',
    isMac && press.ctrlKey && 'Control',
    alt && 'Alt',
    press.shiftKey && keepsShift && 'Shift',
  ];
  return [...parts.filter(Boolean), name].join('+');
}

/** Whether a combination is a single key that writes something, so that it works outside of text only. */
export function isSingleKey(combination: Combination): boolean {
  const key = combination.replace(/^Shift\+/, '');
  return [...key].length === 1 || ['Comma', 'FullStop', 'Minus', 'Equals', 'Plus', 'Space'].includes(key);
}

/**
 * Whether a press means one of the combinations. A single key counts outside of text only, and with Alt everywhere.
 * @param pressed as {@link combinationOf} reads it
 * @param inText whether the press would be typed into a field
 */
export function meansOneOf(
  combinations: readonly Combination[],
  pressed: Combination,
  inText: boolean,
): boolean {
  return combinations.some((combination) => {
    if (!isSingleKey(combination)) return pressed === combination;
    return pressed === `Alt+${combination}` || (pressed === combination && !inText);
  });
}

/** Whether there is a press that means both. */
export function collide(one: Combination, other: Combination): boolean {
  return meansOneOf([one], other, false) || meansOneOf([other], one, false);
}

const partsOf = (combination: Combination) =>
  combination.endsWith('++') ? [...combination.slice(0, -2).split('+'), '+'] : combination.split('+');

/** A combination's keys as they are printed on a keyboard of the language. */
export function keyCaps(combination: Combination, language: 'en' | 'de', isMac: boolean): string[] {
  const german: Record<string, string> = {
    Ctrl: 'Strg',
    Shift: 'Umschalt',
    Space: 'Leertaste',
    Enter: 'Eingabe',
    Backspace: 'Rücktaste',
    Delete: 'Entf',
    Home: 'Pos1',
    End: 'Ende',
    PageUp: 'Bild auf',
    PageDown: 'Bild ab',
    Left: 'Links',
    Right: 'Rechts',
    Up: 'Auf',
    Down: 'Ab',
    Comma: 'Komma',
    FullStop: 'Punkt',
    Equals: 'Gleich',
  };
  const mac: Record<string, string> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Control: '⌃' };
  return partsOf(combination).map((key) => {
    if (isMac && mac[key]) return mac[key];
    if (language === 'de' && german[key]) return german[key];
    return key === 'FullStop' ? 'Full stop' : key;
  });
}

/** A combination as `aria-keyshortcuts` wants it. */
export function ariaKeys(combination: Combination, isMac: boolean): string {
  const aria: Record<string, string> = {
    Ctrl: isMac ? 'Meta' : 'Control',
    Esc: 'Escape',
    Left: 'ArrowLeft',
    Right: 'ArrowRight',
    Up: 'ArrowUp',
    Down: 'ArrowDown',
    Comma: ',',
    FullStop: '.',
    Minus: '-',
    Equals: '=',
  };
  return partsOf(combination)
    .map((key) => aria[key] ?? key)
    .join('+');
}
