import { language, type Language } from './strings.ts';

/** What the cards of models say, for languages other than the cards' own English. */
export const cards: Record<Exclude<Language, 'en'>, Readonly<Record<string, string>>> = {
  de: {
    // What they are good for.
    'Fast first drafts of clearly read English and slow computers; it writes capitals without punctuation.':
      'Schnelle erste Entwürfe von deutlich gelesenem Englisch und langsame Rechner; es schreibt Großbuchstaben ohne Satzzeichen.',
    'English on a computer of a few years ago: most of the accuracy of base+ for less than half its size; it writes capitals without punctuation.':
      'Englisch auf einem einige Jahre alten Rechner: beinahe so genau wie base+ bei weniger als der halben Größe; es schreibt Großbuchstaben ohne Satzzeichen.',
    'As SEW-D mid, with a wider view of neighbouring sounds: a little better on hard recordings.':
      'Wie SEW-D mid, mit weiterem Blick auf benachbarte Laute: bei schwierigen Aufnahmen etwas besser.',
    'The most accurate of the family for English; it writes capitals without punctuation.':
      'Das genaueste der Familie für Englisch; es schreibt Großbuchstaben ohne Satzzeichen.',
    'English; the elder sibling of SEW-D tiny, to compare with.':
      'Englisch; der ältere Bruder von SEW-D tiny, zum Vergleichen.',
    'English; the elder sibling of SEW-D mid, to compare with.':
      'Englisch; der ältere Bruder von SEW-D mid, zum Vergleichen.',
    'English read aloud, trained on all 960 hours of LibriSpeech; slower than SEW-D mid.':
      'Vorgelesenes Englisch, trainiert mit allen 960 Stunden von LibriSpeech; langsamer als SEW-D mid.',
    'English where time does not matter; three times the size of base.':
      'Englisch, wo Zeit keine Rolle spielt; dreimal so groß wie base.',
    'The best English of this list where time does not matter.':
      'Das beste Englisch dieser Liste, wo Zeit keine Rolle spielt.',
    'English read aloud: as wav2vec 2.0 base, of its size and speed, with fewer errors.':
      'Vorgelesenes Englisch: so groß und so schnell wie wav2vec 2.0 base, mit weniger Fehlern.',
    'English where time does not matter, of the size of wav2vec 2.0 large.':
      'Englisch, wo Zeit keine Rolle spielt, so groß wie wav2vec 2.0 large.',
    'German, read aloud by many voices (Common Voice); large and slow.':
      'Deutsch, von vielen Stimmen vorgelesen (Common Voice); groß und langsam.',
    'Spanish, read aloud by many voices (Common Voice); large and slow.':
      'Spanisch, von vielen Stimmen vorgelesen (Common Voice); groß und langsam.',
    'French, read aloud by many voices (Common Voice); large and slow.':
      'Französisch, von vielen Stimmen vorgelesen (Common Voice); groß und langsam.',
    'Italian, read aloud by many voices (Common Voice); large and slow.':
      'Italienisch, von vielen Stimmen vorgelesen (Common Voice); groß und langsam.',
    'Portuguese, read aloud by many voices (Common Voice); large and slow.':
      'Portugiesisch, von vielen Stimmen vorgelesen (Common Voice); groß und langsam.',
    'Dutch, read aloud by many voices (Common Voice); large and slow.':
      'Niederländisch, von vielen Stimmen vorgelesen (Common Voice); groß und langsam.',
    'Polish, read aloud by many voices (Common Voice); large and slow.':
      'Polnisch, von vielen Stimmen vorgelesen (Common Voice); groß und langsam.',
    'Russian, read aloud by many voices (Common Voice); large and slow.':
      'Russisch, von vielen Stimmen vorgelesen (Common Voice); groß und langsam.',
    'Mandarin Chinese, read aloud by many voices (Common Voice), 19 % of its characters wrong by its card; large and slow.':
      'Hochchinesisch, von vielen Stimmen vorgelesen (Common Voice), laut Modellkarte 19 % der Zeichen falsch; groß und langsam.',
    // What was recognised.
    'LibriSpeech (audiobooks)': 'LibriSpeech (Hörbücher)',
    'LibriSpeech (audiobooks), with the language model': 'LibriSpeech (Hörbücher), mit dem Sprachmodell',
    'LibriSpeech (audiobooks), texts by Whisper base': 'LibriSpeech (Hörbücher), Texte von Whisper base',
    'Common Voice, newer recordings': 'Common Voice, neuere Aufnahmen',
    'Common Voice, early recordings': 'Common Voice, frühe Aufnahmen',
    'LJ Speech, part': 'LJ Speech, ein Teil',
    'DC-TTS sentences, read by M. Matthes': 'DC-TTS-Sätze, gelesen von M. Matthes',
    'speechocean762 (first language Mandarin, half of them children)':
      'speechocean762 (Muttersprache Chinesisch, zur Hälfte Kinder)',
    'LibriVox, Sense and Sensibility, five clips': 'LibriVox, Sense and Sensibility, fünf Ausschnitte',
    // Who says so.
    'its card': 'seine Modellkarte',
    'our measurement, greedy, speakers never heard in training':
      'eigene Messung, ohne Suche, Stimmen, die im Training nicht vorkamen',
    'our measurement, greedy, texts never heard in training; its speakers are not named and may have been':
      'eigene Messung, ohne Suche, Texte, die im Training nicht vorkamen; die Sprecher sind nicht genannt und kamen vielleicht vor',
    'our measurement, default beam, 60 utterances of 3 speakers never heard in training':
      'eigene Messung, mit Suche, 60 Äußerungen von 3 Stimmen, die im Training nicht vorkamen',
  },
};

/** What a card says, in the interface's language as far as that is known. */
export function cardText(text: string): string {
  const shown = language();
  return shown === 'en' ? text : (cards[shown][text] ?? text);
}
