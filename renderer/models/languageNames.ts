/** The names of languages, given as BCP 47 tags, in the interface's language: `English, German`. */
export function languageNames(tags: readonly string[], inLanguage: string): string {
  const names = new Intl.DisplayNames(inLanguage, { type: 'language' });
  return tags
    .map((tag) => {
      try {
        return names.of(tag) ?? tag;
      } catch {
        return tag;
      }
    })
    .join(', ');
}
