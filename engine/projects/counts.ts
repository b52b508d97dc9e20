import type { Item, TranscriptDocument } from '../../transcript/document.ts';
import type { ProjectSummary } from '../contract.ts';

export type Counts = Pick<ProjectSummary, 'words' | 'doubtfulWords' | 'meanConfidence' | 'newestWords'>;

export const noCounts: Counts = { words: 0, doubtfulWords: 0, meanConfidence: null, newestWords: '' };

/** Below this a word is worth a look. */
const doubtfulBelow = 0.7;
const newestLetters = 80;

/** What the library tells of a document. */
export function countsOf({ items }: TranscriptDocument): Counts {
  let words = 0;
  let doubtfulWords = 0;
  let heardWords = 0;
  let confidence = 0;
  for (const item of items) {
    if (item.kind !== 'word') continue;
    words += 1;
    if (item.confidence < doubtfulBelow) doubtfulWords += 1;
    if (item.origin === 'recogniser') {
      heardWords += 1;
      confidence += item.confidence;
    }
  }
  const meanConfidence = heardWords === 0 ? null : confidence / heardWords;
  return { words, doubtfulWords, meanConfidence, newestWords: newestWordsOf(items) };
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
