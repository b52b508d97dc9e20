import type { Format } from './format.ts';
import { isTable, readTable, writeTable } from './table.ts';

export const csv: Format = {
  id: 'csv',
  extension: 'csv',
  name: 'CSV',
  write: (document, options) => writeTable(document, options, ','),
  read: readTable,
  recognises: isTable,
};
