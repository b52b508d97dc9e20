import type { Format } from './format.ts';
import { isTable, readTable, writeTable } from './table.ts';

export const tsv: Format = {
  id: 'tsv',
  extension: 'tsv',
  name: 'TSV',
  write: (document, options) => writeTable(document, options, '\t'),
  read: readTable,
  recognises: isTable,
};
