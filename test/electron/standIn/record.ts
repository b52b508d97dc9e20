/** What the app had the system show, in order. */
export type Recorded = { kind: string; [detail: string]: unknown };
export const recorded: Recorded[] = [];
export function record(kind: string, detail: object = {}): void {
  recorded.push({ kind, ...detail });
}
/** What persons answer to the next dialogs. */
export const dialogAnswers: string[][] = [];
