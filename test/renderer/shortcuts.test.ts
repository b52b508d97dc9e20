import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  actionIds,
  actions,
  isOffered,
  keysOf,
  originalKeys,
  ownerOf,
  type Platform,
} from '../../renderer/shortcuts/actions.ts';
import {
  ariaKeys,
  combinationOf,
  isSingleKey,
  keyCaps,
  meansOneOf,
  type KeyPress,
} from '../../renderer/shortcuts/keys.ts';
import { projectFolder } from '../support/cli.ts';

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const press = (key: string, code: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ...none,
  ...more,
});
const [ctrlKey, metaKey, altKey, shiftKey] = [true, true, true, true];
const getModifierState = (name: string) => name === 'AltGraph';

describe('a key press', () => {
  test.each<[string, KeyPress, string | null]>([
    ['a letter', press('k', 'KeyK'), 'K'],
    ['with Shift', press('J', 'KeyJ', { shiftKey }), 'Shift+J'],
    ['with Caps Lock', press('J', 'KeyJ'), 'J'],
    ['with Ctrl', press('f', 'KeyF', { ctrlKey }), 'Ctrl+F'],
    ['with all', press('Z', 'KeyZ', { ctrlKey, altKey, shiftKey }), 'Ctrl+Alt+Shift+Z'],
    ['a sign', press(',', 'Comma'), 'Comma'],
    ['a sign that needs Shift', press('?', 'Slash', { shiftKey }), '?'],
    ['the same on a German keyboard', press('?', 'Minus', { shiftKey }), '?'],
    ['a sign that needs AltGr', press('[', 'Digit8', { ctrlKey, altKey, getModifierState }), '['],
    ['a digit', press('1', 'Digit1', { ctrlKey }), 'Ctrl+1'],
    ['a digit on a French keyboard', press('&', 'Digit1', { ctrlKey }), 'Ctrl+1'],
    ['a digit with Shift', press('!', 'Digit1', { altKey, shiftKey }), 'Alt+Shift+1'],
    ['a named key', press('ArrowLeft', 'ArrowLeft', { shiftKey }), 'Shift+Left'],
    ['a function key', press('F8', 'F8', { shiftKey }), 'Shift+F8'],
    ['the space bar', press(' ', 'Space'), 'Space'],
    ['a letter beyond ASCII', press('ä', 'Quote'), 'Ä'],
    ['a modifier alone', press('Control', 'ControlLeft', { ctrlKey }), null],
    ['a dead key', press('Dead', 'BracketRight'), null],
    ['an input method at work', press('Process', 'KeyK'), null],
  ])('%s', (_, pressed, combination) => {
    expect(combinationOf(pressed, false)).toBe(combination);
  });

  test.each<[string, KeyPress, string]>([
    ['Command is Ctrl', press('f', 'KeyF', { metaKey }), 'Ctrl+F'],
    ['Control is itself', press('f', 'KeyF', { ctrlKey }), 'Control+F'],
    ['Option writes another letter', press('˚', 'KeyK', { altKey }), 'Alt+K'],
    ['or a letter of another alphabet', press('å', 'KeyA', { altKey }), 'Alt+A'],
  ])('on macOS, %s', (_, pressed, combination) => {
    expect(combinationOf(pressed, true)).toBe(combination);
  });
});

test('single keys count outside of text, and with Alt everywhere', () => {
  expect(meansOneOf(['K'], 'K', false)).toBe(true);
  expect(meansOneOf(['K'], 'K', true)).toBe(false);
  expect(meansOneOf(['K'], 'Alt+K', true)).toBe(true);
  expect(meansOneOf(['Shift+J'], 'Alt+Shift+J', true)).toBe(true);
  expect(meansOneOf(['Ctrl+F'], 'Ctrl+F', true)).toBe(true);
  expect(meansOneOf(['Ctrl+F'], 'Alt+Ctrl+F', true)).toBe(false);
  expect(meansOneOf(['F8'], 'F8', true)).toBe(true);
  expect(meansOneOf([], 'K', false)).toBe(false);
  expect(['K', 'Shift+J', 'Comma', '[', '0'].every(isSingleKey)).toBe(true);
  expect(['Ctrl+K', 'F8', 'Enter', 'Alt+Enter', 'Esc'].some(isSingleKey)).toBe(false);
});

describe('the table', () => {
  const platforms: Platform[] = [
    { isMac: false, isBrowser: false },
    { isMac: false, isBrowser: true },
    { isMac: true, isBrowser: false },
  ];
  test.each(platforms)('no keys do two things: %o', (platform) => {
    const taken = actionIds.flatMap((action) => originalKeys(action, platform));
    expect(taken.length).toBe(new Set(taken).size);
    // A single key also works with Alt, so nothing else may mean that.
    const withAlt = taken.filter(isSingleKey).map((key) => `Alt+${key}`);
    expect(taken.filter((key) => withAlt.includes(key))).toEqual([]);
  });

  test('somebody does each of its actions', () => {
    const folder = join(projectFolder, 'renderer');
    const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(svelte|ts)$/.test(path))
      .map((path) => readFileSync(join(folder, path), 'utf8'))
      .join('\n');
    const done = new Set([...code.matchAll(/(?:onAction|isPressed)\(\s*'([\w.]+)'/g)].map(([, id]) => id));
    expect(actionIds.filter((action) => !done.has(action))).toEqual([]);
  });

  test('a person’s own keys take the place of the original ones', () => {
    const [platform] = platforms;
    expect(keysOf('play.toggle', {}, platform)).toEqual(['K']);
    expect(keysOf('play.toggle', { 'play.toggle': 'F2 P' }, platform)).toEqual(['F2', 'P']);
    expect(keysOf('play.toggle', { 'play.toggle': '' }, platform)).toEqual([]);
    expect(ownerOf('H', 'play.loop', {}, platform)).toBe('write.highlight');
    expect(ownerOf('Alt+H', 'play.loop', {}, platform)).toBe('write.highlight');
    expect(ownerOf('P', 'play.loop', { 'play.toggle': 'Alt+P' }, platform)).toBe('play.toggle');
    expect(ownerOf('H', 'write.highlight', {}, platform)).toBeUndefined();
    expect(ownerOf('H', 'play.loop', { 'write.highlight': '' }, platform)).toBeUndefined();
  });

  test('what writes or belongs to the system is not offered', () => {
    expect(['Tab', 'Left', 'Backspace', 'Ctrl+C', 'Ctrl+W', '5'].some(isOffered)).toBe(false);
    expect(['K', 'F2', 'Ctrl+K', 'Alt+5'].every(isOffered)).toBe(true);
    for (const action of actionIds) for (const key of actions[action]) expect(isOffered(key), key).toBe(true);
  });
});

test('keys are named as on the keyboard', () => {
  expect(keyCaps('Ctrl+Shift+Z', 'en', false)).toEqual(['Ctrl', 'Shift', 'Z']);
  expect(keyCaps('Ctrl+Shift+Z', 'de', false)).toEqual(['Strg', 'Umschalt', 'Z']);
  expect(keyCaps('Ctrl+Shift+Z', 'en', true)).toEqual(['⌘', '⇧', 'Z']);
  expect(keyCaps('FullStop', 'en', false)).toEqual(['Full stop']);
  expect(ariaKeys('Ctrl+Comma', false)).toBe('Control+,');
  expect(ariaKeys('Ctrl+Left', true)).toBe('Meta+ArrowLeft');
});
