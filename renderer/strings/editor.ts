import { part } from './part.ts';

export const editor = part({ en: {}, de: {} });
