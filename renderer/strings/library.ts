import { part } from './part.ts';

export const library = part({ en: {}, de: {} });
