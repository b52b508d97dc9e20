import { part } from './part.ts';

export const models = part({ en: {}, de: {} });
