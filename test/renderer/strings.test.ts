import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fill } from '../../renderer/strings/format.ts';
import { cards, cardText } from '../../renderer/strings/cards.ts';
import { said, sentences } from '../../renderer/strings/sentences.ts';
import { languageFor, setLanguage, t, table, type StringKey } from '../../renderer/strings/strings.ts';
import { projectFolder } from '../support/cli.ts';

/** A room's code, without what is made and what is large. */
function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['training', 'embedded'].includes(entry.name) ? [] : sourcesIn(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

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

test('the sentences of the engine that are known are those that it says', () => {
  const code = ['engine', 'files', 'host', 'native-models', 'server', 'transcript']
    .flatMap((room) => sourcesIn(join(projectFolder, room)))
    .map((path) => readFileSync(path, 'utf8').replaceAll(/\\(['"`])/g, '$1'));
  const stands = (piece: string) => code.some((text) => text.toLowerCase().includes(piece.toLowerCase()));
  // At most one joint: a few are put together of two parts.
  const isSaid = (piece: string) =>
    stands(piece) ||
    [...piece.matchAll(/ |(?=[,;])/g)].some(
      ({ index }) => stands(piece.slice(0, index)) && stands(piece.slice(index).trim()),
    );
  for (const [english, german] of Object.entries(sentences.de)) {
    // What the engine puts in, and the quotes that it sometimes puts around that, is none of its words.
    const pieces = english.split(/\{\w\}/).map((piece) => piece.replace(/^[“”",; ]+|[“”".]+$/g, '').trim());
    const words = pieces.filter((piece) => piece.length > 4);
    expect(
      words.filter((piece) => !isSaid(piece)),
      english,
    ).toEqual([]);
    const placesIn = (text: string) => (text.match(/\{\w\}/g) ?? []).sort();
    for (const place of placesIn(german)) expect(placesIn(english), english).toContain(place);
  }
});

test.each([
  ['“talk: 5 of 7.wav” is empty (0 bytes); copy or export it again.', /^„talk: 5 of 7\.wav“ ist leer/],
  [
    'The graphics card (CUDA) is not used because the library libcudnn.so.9 is missing, so the processor does the work; "sewscribe doctor" says more.',
    /^Die Grafikkarte \(CUDA\) wird nicht benutzt, denn die Bibliothek libcudnn\.so\.9 fehlt;/,
  ],
  ['“A\nB.wav” has no audio track; choose a file with sound.', /^In „A\nB\.wav“ ist kein Ton/],
  ['Nobody knows this sentence.', /^Nobody knows this sentence\.$/],
])('in German: %s', (english, german) => {
  expect(said(english)).toBe(english);
  setLanguage('de');
  expect(said(english)).toMatch(german);
  setLanguage('en');
});

test('speaks the language that is set', () => {
  setLanguage('de');
  expect(t('common.settings')).toBe('Einstellungen');
  setLanguage('en');
  expect(t('common.settings')).toBe('Settings');
});
