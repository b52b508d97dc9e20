import { part } from './part.ts';

export const exporting = part({ en: {}, de: {} });
