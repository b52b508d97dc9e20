import { percentText } from '../figures.ts';
import { cardText } from '../strings/cards.ts';
import { language, t } from '../strings/strings.ts';

type Rate = { corpus: string; percent: number; source: string };

/** The rates that a list shows, with the corpus where it is not the usual pair; null where none is stated. */
export type ShownRates = { figures: string; corpus: string | null };

/** Read English and harder recordings side by side where both are stated, otherwise the first that is. */
export function shownRates(rates: readonly Rate[]): ShownRates | null {
  const on = (name: RegExp) => rates.find(({ corpus }) => name.test(corpus))?.percent;
  const [clean, noisy] = [on(/LibriSpeech test-clean/i), on(/LibriSpeech test-other/i)];
  const figure = (percent: number) => percentText(percent, language());
  if (clean !== undefined && noisy !== undefined) {
    const figures = t('models.ratePair', { clean: figure(clean), noisy: figure(noisy) });
    return { figures, corpus: null };
  }
  const [first] = rates;
  return first ? { figures: figure(first.percent), corpus: cardText(first.corpus) } : null;
}

/** The rates in a line of text: `4.34 % / 9.45 % wrong`, `27.4 % wrong on …`. */
export function ratesText(rates: readonly Rate[]): string {
  const shown = shownRates(rates);
  if (!shown) return t('models.rateNotStated');
  const wrong = t('models.wrong', { rates: shown.figures });
  return shown.corpus === null ? wrong : `${wrong} ${t('models.rateOn', { corpus: shown.corpus })}`;
}
