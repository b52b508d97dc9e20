import type { ExportOptions } from '../../engine/contract.ts';
import { formats as writable, type FormatId } from '../../transcript/formats/index.ts';
import type { StringKey } from '../strings/strings.ts';

/** What can be chosen for a format. */
export type FormatChoice = 'cues' | 'speakersInText' | 'speakersAndTimes' | 'wordTimes' | 'rows' | 'text';

export type FormatEntry = {
  id: FormatId;
  /** What it is for. */
  purpose: StringKey;
  choices: readonly FormatChoice[];
};

/** The formats as they are listed, by what they are for. */
export const formatGroups: readonly { name: StringKey; formats: readonly FormatEntry[] }[] = [
  {
    name: 'export.subtitles',
    formats: [
      { id: 'srt', purpose: 'export.forSrt', choices: ['cues', 'speakersInText', 'text'] },
      { id: 'vtt', purpose: 'export.forVtt', choices: ['cues', 'wordTimes', 'text'] },
      { id: 'ass', purpose: 'export.forAss', choices: ['cues', 'speakersInText', 'text'] },
      { id: 'ttml', purpose: 'export.forTtml', choices: ['cues', 'speakersInText'] },
    ],
  },
  {
    name: 'export.text',
    formats: [
      { id: 'txt', purpose: 'export.forTxt', choices: ['speakersAndTimes', 'text'] },
      { id: 'docx', purpose: 'export.forDocx', choices: ['speakersAndTimes'] },
      { id: 'html', purpose: 'export.forHtml', choices: ['speakersAndTimes'] },
      { id: 'md', purpose: 'export.forMd', choices: ['speakersAndTimes', 'text'] },
    ],
  },
  {
    name: 'export.data',
    formats: [
      { id: 'json', purpose: 'export.forJson', choices: [] },
      { id: 'csv', purpose: 'export.forCsv', choices: ['rows', 'text'] },
      { id: 'tsv', purpose: 'export.forTsv', choices: ['rows', 'text'] },
    ],
  },
];

export const formatEntries = formatGroups.flatMap(({ formats }) => formats);

/** A format as it is listed: by its own name, which for plain text is what its files end in. */
export function formatName(id: FormatId): string {
  return id === 'txt' ? 'TXT' : writable[id].name;
}

/** What a format is written with where nobody chose anything. */
export function usualOptions(id: FormatId): ExportOptions {
  return ['txt', 'docx', 'html', 'md'].includes(id) ? { speakers: true } : {};
}
