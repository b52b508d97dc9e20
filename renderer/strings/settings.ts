import { part } from './part.ts';

export const settings = part({ en: {}, de: {} });
