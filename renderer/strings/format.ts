export type Values = Record<string, string | number>;

/**
 * Fills a text's places: `{name}` with a value (a number as its language writes it), `{name|one|other}` with the
 * word that fits the count of that name. A place without a value stays as it is, so that a test finds it.
 * @param language a BCP 47 tag
 */
export function fill(text: string, values: Values, language: string): string {
  return text.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g,
    (place, name: string, one?: string, other?: string) => {
      const value = values[name];
      if (value === undefined) return place;
      if (one === undefined || other === undefined)
        return typeof value === 'number' ? figure(value, language) : value;
      return pluralRules(language).select(Number(value)) === 'one' ? one : other;
    },
  );
}

function figure(value: number, language: string): string {
  return numberFormat(language).format(value);
}

const numberFormats = new Map<string, Intl.NumberFormat>();
function numberFormat(language: string): Intl.NumberFormat {
  let format = numberFormats.get(language);
  if (!format) {
    format = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
    numberFormats.set(language, format);
  }
  return format;
}

const rules = new Map<string, Intl.PluralRules>();
function pluralRules(language: string): Intl.PluralRules {
  let found = rules.get(language);
  if (!found) {
    found = new Intl.PluralRules(language);
    rules.set(language, found);
  }
  return found;
}
