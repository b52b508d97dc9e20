import { collide, type Combination } from './keys.ts';

/** What can be done by keys: each action with the keys that it has until a person changes them. */
export const actions = {
  'play.toggle': ['K'],
  'play.back': ['J'],
  'play.forward': ['L'],
  'play.wordBack': ['Comma'],
  'play.wordForward': ['FullStop'],
  'play.segmentBack': ['Shift+J'],
  'play.segmentForward': ['Shift+L'],
  'play.slower': ['Minus'],
  'play.faster': ['Equals', 'Plus'],
  'play.loop': ['R'],
  'play.follow': ['0'],

  'look.next': ['F8'],
  'look.previous': ['Shift+F8'],
  'look.readings': ['Alt+Enter'],
  'look.find': ['Ctrl+F'],
  'look.replace': ['Ctrl+H'],
  'look.goToTime': ['Ctrl+G'],

  'write.split': ['Enter'],
  'write.splitSpeaker': ['Ctrl+Enter'],
  'write.undo': ['Ctrl+Z'],
  'write.redo': ['Ctrl+Shift+Z', 'Ctrl+Y'],
  'write.highlight': ['H'],
  'write.note': ['N'],
  'write.recogniseAgain': ['Alt+Shift+R'],
  'write.leave': ['Esc'],

  'time.startsHere': ['['],
  'time.endsHere': [']'],
  'time.closer': ['Z'],
  'time.wider': ['Shift+Z'],

  'captions.mend': ['F9'],
  'captions.mendAll': ['Shift+F9'],
  'captions.breakLine': ['Shift+Enter'],

  'app.add': ['Ctrl+O'],
  'app.text': ['Ctrl+1'],
  'app.captions': ['Ctrl+2'],
  'app.export': ['Ctrl+E'],
  'app.exportAgain': ['Ctrl+Shift+E'],
  'app.settings': ['Ctrl+Comma'],
  'app.shortcuts': ['?', 'F1'],
} as const satisfies Record<string, readonly Combination[]>;

export type ActionId = keyof typeof actions;
export const actionIds = Object.keys(actions) as ActionId[];

/** Keys that a browser keeps for itself, and what stands in for them in a tab. */
const inBrowser: Partial<Record<ActionId, readonly Combination[]>> = {
  'app.text': ['Alt+Shift+1'],
  'app.captions': ['Alt+Shift+2'],
};

export type Platform = { isMac: boolean; isBrowser: boolean };

/** The keys that an action has before a person changes them. */
export function originalKeys(action: ActionId, { isMac, isBrowser }: Platform): readonly Combination[] {
  // Command+H hides a window of macOS.
  if (isMac && action === 'look.replace') return ['Alt+Ctrl+F'].map(sorted);
  return (isBrowser && inBrowser[action]) || actions[action];
}

function sorted(combination: Combination): Combination {
  const parts = combination.split('+');
  const order = ['Ctrl', 'Control', 'Alt', 'Shift'];
  return [...order.filter((modifier) => parts.includes(modifier)), parts.at(-1)].join('+');
}

/** An action's keys: a person's own (several are parted by spaces, none is empty), or the original ones. */
export function keysOf(
  action: ActionId,
  changed: Readonly<Record<string, string>>,
  platform: Platform,
): readonly Combination[] {
  const own = changed[action];
  return own === undefined ? originalKeys(action, platform) : own.split(' ').filter(Boolean);
}

/** Fixed keys that nobody may take: those that move in text, and those of the system. */
const fixed = new Set([
  'Tab',
  'Shift+Tab',
  'Left',
  'Right',
  'Up',
  'Down',
  'Home',
  'End',
  'Backspace',
  'Delete',
  'Space',
]);
const ofTheSystem = new Set([
  'Alt+F4',
  'Ctrl+W',
  'Ctrl+T',
  'Ctrl+N',
  'Ctrl+Q',
  'Ctrl+Alt+Delete',
  'Alt+Tab',
  'Ctrl+C',
  'Ctrl+V',
  'Ctrl+X',
  'Ctrl+A',
  'F5',
  'F11',
  'F12',
]);

/** Whether a person may give a combination to an action. */
export function isOffered(combination: Combination): boolean {
  return !fixed.has(combination) && !ofTheSystem.has(combination) && !/^[1-9]$/.test(combination);
}

/** The action that has a combination already, or one that would be pressed in the same way. */
export function ownerOf(
  combination: Combination,
  except: ActionId,
  changed: Readonly<Record<string, string>>,
  platform: Platform,
): ActionId | undefined {
  return actionIds.find(
    (action) =>
      action !== except && keysOf(action, changed, platform).some((key) => collide(key, combination)),
  );
}
