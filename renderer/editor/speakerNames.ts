/** The names that the engine, an import and this page, in its languages, give to somebody whom nobody has named. */
const numbered = /^(?:Speaker|Person|Sprecher) \d+$/;

/** Whether nobody has named a speaker yet. */
export function isNumbered(name: string): boolean {
  return numbered.test(name);
}
