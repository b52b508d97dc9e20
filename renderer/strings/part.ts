/** The texts of one place in every language; each language has the same keys. */
export type Part<K extends string> = { en: Record<K, string>; de: Record<K, string> };

/**
 * Declares a place's texts. A key is `place.what`. In a text `{name}` stands for a value, and `{count|word|words}`
 * for the word that fits a count.
 */
export function part<K extends string>(texts: Part<K>): Part<K> {
  return texts;
}
