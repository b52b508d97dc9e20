import { part } from './part.ts';

export const shortcuts = part({ en: {}, de: {} });
