/** Whether a model was made for English, or says nothing of languages. */
export function knowsEnglish({ languages }: { languages: readonly string[] }): boolean {
  return languages.length === 0 || languages.some((tag) => /^en\b/i.test(tag));
}
