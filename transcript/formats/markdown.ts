import type { TranscriptDocument } from '../document.ts';
import type { TextFormat, WriteOptions } from './format.ts';
import { paragraphsOf, titleOf } from './prose.ts';

/** A text that no Markdown reader takes for anything but text (CommonMark 0.31: any of these may be escaped). */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>&~|#]/g, '\\$&')
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2')
    .replace(/(https?|ftp):|www\./gi, (address) => `${address.slice(0, -1)}\\${address.at(-1)}`);
}

function write(document: TranscriptDocument, options: WriteOptions): string {
  const paragraphs = paragraphsOf(document, options).map(({ speaker, time, text }) => {
    const before = [
      ...(speaker === undefined ? [] : [`**${escapeMarkdown(speaker)}:**`]),
      ...(time === undefined ? [] : [`\\[${time}\\]`]),
    ];
    return `\n${[...before, escapeMarkdown(text)].join(' ')}\n`;
  });
  return `# ${escapeMarkdown(titleOf(document))}\n${paragraphs.join('')}`;
}

export const markdown: TextFormat = { id: 'md', extension: 'md', name: 'Markdown', write };
