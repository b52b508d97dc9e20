import { toLookAt } from '../../transcript/doubt.ts';
import type { Item, TranscriptDocument } from '../../transcript/document.ts';
import type { ProjectSummary } from '../contract.ts';

export type Counts = Pick<
  ProjectSummary,
  'words' | 'doubtfulWords' | 'unsurePlaces' | 'meanConfidence' | 'newestWords'
>;

export const noCounts: Counts = {
  words: 0,
  doubtfulWords: 0,
  unsurePlaces: 0,
  meanConfidence: null,
  newestWords: '',
};

const newestLetters = 80;

/** What the library tells of a document. */
export function countsOf(document: TranscriptDocument): Counts {
  let words = 0;
  let heardWords = 0;
  let confidence = 0;
  for (const item of document.items) {
    if (item.kind !== 'word') continue;
    words += 1;
    if (item.origin === 'recogniser') {
      heardWords += 1;
      confidence += item.confidence;
    }
  }
  const meanConfidence = heardWords === 0 ? null : confidence / heardWords;
  return { words, ...toLookAt(document), meanConfidence, newestWords: newestWordsOf(document.items) };
}

function newestWordsOf(items: readonly Item[]): string {
  let text = '';
  for (let place = items.length - 1; place >= 0; place -= 1) {
    const longer = text === '' ? items[place].text : `${items[place].text} ${text}`;
    if (longer.length > newestLetters) return text === '' ? longer.slice(-newestLetters) : text;
    text = longer;
  }
  return text;
}
