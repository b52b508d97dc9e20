import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fill } from '../../renderer/strings/format.ts';
import { cards, cardText } from '../../renderer/strings/cards.ts';
import { languageFor, setLanguage, t, table, type StringKey } from '../../renderer/strings/strings.ts';
import { projectFolder } from '../support/cli.ts';

const keys = Object.keys(table.en) as StringKey[];
const placesOf = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name);

test('both languages have the same keys, none empty, and each text the same values', () => {
  expect(Object.keys(table.de).sort()).toEqual([...keys].sort());
  for (const key of keys) {
    expect(table.en[key].trim(), key).not.toBe('');
    expect(table.de[key].trim(), key).not.toBe('');
    expect(new Set(placesOf(table.de[key])), key).toEqual(new Set(placesOf(table.en[key])));
  }
});

test('no key is in two parts', () => {
  const folder = join(projectFolder, 'renderer/strings');
  const written = readdirSync(folder).flatMap((name) => {
    const english = readFileSync(join(folder, name), 'utf8').split(/^ {2}de: /m)[0];
    return [...english.matchAll(/^ {4}'([\w.-]+)':/gm)].map(([, key]) => key);
  });
  expect(written.length).toBe(new Set(written).size);
  expect(new Set(written)).toEqual(new Set(keys));
});

test('the words keep to the rules', () => {
  for (const language of ['en', 'de'] as const) {
    for (const key of keys) {
      const text = table[language][key];
      expect(text, key).not.toMatch(/!|\b(please|bitte|successfully|erfolgreich|sure\?)\b|["'](?=\w+["'])/i);
      expect(text, key).not.toMatch(/ {2}|\s$|^\s/);
    }
  }
});

test.each([
  ['{count} {count|word|words}', { count: 1 }, '1 word'],
  ['{count} {count|word|words}', { count: 8412 }, '8,412 words'],
  ['{count} {count|word|words}', { count: 0 }, '0 words'],
  ['“{name}” and {name}', { name: '$& {count}' }, '“$& {count}” and $& {count}'],
  ['{missing} stays', {}, '{missing} stays'],
])('%s with %o', (text, values, filled) => {
  expect(fill(text, values, 'en')).toBe(filled);
});

test('numbers are written as the language does', () => {
  expect(fill('{count}', { count: 8412.5 }, 'de')).toBe('8.412,5');
});

test.each([
  [null, ['fr-FR', 'de-AT', 'en'], 'de'],
  [null, ['fr'], 'en'],
  [null, [], 'en'],
  ['de', ['en'], 'de'],
  ['DE-ch', ['en'], 'de'],
  ['xx', ['de'], 'en'],
])('chosen %s, preferred %o', (chosen, preferred, language) => {
  expect(languageFor(chosen, preferred)).toBe(language);
});

test('what the cards of models say is there in every language', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(projectFolder, 'native-models', path), 'utf8'));
  type Card = { goodFor?: string; wordErrorRates: { corpus: string; source: string }[] };
  const all: Card[] = [...read('store/catalogue.json'), read('embedded/embedded.json')];
  const said = all.flatMap(({ goodFor, wordErrorRates }) => [
    ...(goodFor ? [goodFor] : []),
    ...wordErrorRates.flatMap(({ corpus, source }) => [corpus, source]),
  ]);
  // Names are the same in every language.
  const isName = (text: string) => /^(LibriSpeech test-\w+|Common Voice( \w\w| 1, valid-dev))$/.test(text);
  const missing = [...new Set(said)].filter((text) => !isName(text) && !Object.hasOwn(cards.de, text));
  expect(missing, 'to be written in renderer/strings/cards.ts').toEqual([]);
  setLanguage('de');
  expect(cardText('its card')).toBe('seine Modellkarte');
  setLanguage('en');
  expect(cardText('its card')).toBe('its card');
});

test('speaks the language that is set', () => {
  setLanguage('de');
  expect(t('common.settings')).toBe('Einstellungen');
  setLanguage('en');
  expect(t('common.settings')).toBe('Settings');
});
