import * as z from 'zod';
import { cueOverride, documentSchema, item, segment, speaker } from '../document.ts';
import { emptyDocument } from '../create.ts';
import type { Item, TranscriptDocument } from '../document.ts';

const { media, model, languages } = documentSchema.shape;
const fields = z.record(z.string(), z.unknown());

/**
 * Reads what can be read of a document that the schema refuses: every entry by itself, and of an item that is
 * damaged its text. What comes out has the right types, but may break the grammar: see `repair`.
 */
export function salvage(json: Record<string, unknown>): { document: TranscriptDocument; lost: string[] } {
  const lost: string[] = [];
  const parsed = <T>(name: string, schema: z.ZodType<T>, otherwise: T): T => {
    const result = schema.safeParse(json[name]);
    if (!result.success) {
      lost.push(`What the file says about the ${name} is damaged.`);
    }
    return result.success ? result.data : otherwise;
  };
  const entries = <T>(name: string, read: (entry: unknown, place: number) => T | undefined): T[] => {
    const list = Array.isArray(json[name]) ? json[name] : [];
    const whole = list.map(read).filter((entry) => entry !== undefined);
    const missing = list.length - whole.length;
    if (!Array.isArray(json[name])) {
      lost.push(`The list of ${name} is lost.`);
    } else if (missing > 0) {
      lost.push(`${missing} of ${list.length} entries in the list of ${name} are damaged.`);
    }
    return whole;
  };
  const one =
    <T>(schema: z.ZodType<T>) =>
    (entry: unknown) =>
      schema.safeParse(entry).data;
  const empty = emptyDocument({ name: '' });
  return {
    document: {
      ...empty,
      media: parsed('media', media, salvagedMedia(json.media)),
      model: parsed('model', model, null),
      languages: parsed('languages', languages, []),
      speakers: entries('speakers', one(speaker)),
      items: entries('items', salvagedItem),
      segments: entries('segments', one(segment)),
      overrides: entries('overrides', one(cueOverride)),
    },
    lost,
  };
}

function salvagedMedia(json: unknown): TranscriptDocument['media'] {
  const given = fields.safeParse(json).data ?? {};
  const { shape } = media;
  return {
    name: shape.name.safeParse(given.name).data ?? '',
    durationMs: shape.durationMs.safeParse(given.durationMs).data ?? 0,
    frameRate: shape.frameRate.safeParse(given.frameRate).data ?? null,
    startTimecode: shape.startTimecode.safeParse(given.startTimecode).data ?? null,
  };
}

/** An item, or one made of what is left of it: its text is what a person would miss. */
function salvagedItem(json: unknown, place: number): Item | undefined {
  const sound = item.safeParse(json);
  if (sound.success) {
    return sound.data;
  }
  const given = fields.safeParse(json).data ?? {};
  if (typeof given.text !== 'string' || given.text === '') {
    return undefined;
  }
  const id = typeof given.id === 'string' && given.id !== '' ? given.id : `recovered-${place}`;
  const time = (value: unknown) => {
    const ms = typeof value === 'number' ? Math.round(value) : 0;
    return Number.isSafeInteger(ms) ? Math.max(0, ms) : 0;
  };
  return given.kind === 'note'
    ? { kind: 'note', id, text: given.text }
    : {
        kind: 'word',
        id,
        text: given.text,
        startMs: time(given.startMs),
        endMs: time(given.endMs),
        confidence: 0,
        origin: 'import',
      };
}
