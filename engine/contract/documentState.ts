import * as z from 'zod';
import { documentSchema, type TranscriptDocument } from '../../transcript/document.ts';

const documentOutline = documentSchema
  .pick({ version: true, media: true })
  .extend({ items: z.custom<unknown[]>(Array.isArray) });

export const revision = z.number().int().min(0);

/** What undo and redo would do next, named as their edits are labelled (`''` where one has no label); null: nothing. */
export const historyState = z.object({ undo: z.string().nullable(), redo: z.string().nullable() });
export type HistoryState = z.infer<typeof historyState>;

const documentState = z.object({
  revision,
  history: historyState,
  /** Checked by the engine when it reads it, and too long to be checked again at each boundary. */
  document: z.custom<TranscriptDocument>((value) => documentOutline.safeParse(value).success),
});
/** A document as it stands, and what later edits go on from. */
export type DocumentState = z.infer<typeof documentState>;

/**
 * What a document travels as: bytes pass the processes between the engine and a page as they are, where a hundred
 * thousand objects would be taken apart and put together again at each.
 */
export function encodeDocumentState(state: DocumentState): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(state));
}

/** The other end of it. @throws ZodError or SyntaxError where the bytes are something else */
export function decodeDocumentState(bytes: Uint8Array): DocumentState {
  return documentState.parse(JSON.parse(new TextDecoder().decode(bytes)));
}
