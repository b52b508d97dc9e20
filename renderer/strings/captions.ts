import { part } from './part.ts';

export const captions = part({ en: {}, de: {} });
