import * as z from 'zod';
import { documentSchema, documentVersion } from './document.ts';
import type { TranscriptDocument } from './document.ts';
import { repair } from './repair.ts';
import { salvage } from './mending/salvage.ts';

/** A document that cannot be opened; the message is one sentence that names it and says what to do. */
export class DocumentError extends Error {
  override name = 'DocumentError';
}

type Json = Record<string, unknown>;

/** By version, what makes a document of the next version. Add one with every change of the schema. */
export type Migrations = Readonly<Record<number, (json: Json) => Json>>;

const migrations: Migrations = {};

const stored = z.looseObject({ version: z.number().int() });

/**
 * Reads a stored document of any version up to this one, as far as it is whole.
 *
 * @param json what JSON.parse gave
 * @param name what to call it in messages, mostly the project
 * @returns a document that obeys the grammar, and what was lost, a sentence each
 * @throws DocumentError for a newer version, and for what is no document at all
 */
export function readDocument(
  json: unknown,
  name = 'The project',
): { document: TranscriptDocument; lost: string[] } {
  const current = migrated(json, name, migrations, documentVersion);
  const parsed = documentSchema.safeParse(current);
  const read = parsed.success ? { document: parsed.data, lost: [] } : salvage(current);
  const { document, lost } = repair(read.document);
  return { document, lost: [...read.lost, ...lost] };
}

/**
 * Leads a stored document from version to version up to the wanted one.
 *
 * @throws DocumentError for a newer version, and where a step is missing
 */
export function migrated(json: unknown, name: string, steps: Migrations, wanted: number): Json {
  const start = stored.safeParse(json);
  if (!start.success) {
    throw new DocumentError(`${name} holds no Sewscribe transcript; open another one or restore a copy.`);
  }
  let current = start.data;
  if (current.version > wanted) {
    throw new DocumentError(`${name} was made by a newer Sewscribe; install the newest one to open it.`);
  }
  while (current.version < wanted) {
    const step = steps[current.version];
    if (!step) {
      throw new DocumentError(
        `${name} says that it is of version ${current.version}, which never was; restore a copy of it.`,
      );
    }
    current = { ...step(current), version: current.version + 1 };
  }
  return current;
}
