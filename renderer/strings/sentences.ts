import { language, type Language } from './strings.ts';

/**
 * What the engine and the shells say, for languages other than their own English. `{a}` stands for what they put in,
 * `{A}` for a piece that is in this table too. Rare faults, and those that only an expert reads, are left out.
 */
export const sentences: Record<Exclude<Language, 'en'>, Readonly<Record<string, string>>> = {
  de: {
    // Recordings that cannot be read, or not whole.
    '“{a}” is not a media file that can be read, or is damaged from the start; choose another file or copy it again.':
      '„{a}“ ist keine lesbare Aufnahme oder von Anfang an beschädigt; wähle eine andere Datei oder kopiere sie noch einmal.',
    '“{a}” is damaged from the start, so no sound can be read; copy it again or choose another file.':
      '„{a}“ ist von Anfang an beschädigt, sodass sich kein Ton lesen lässt; kopiere die Datei noch einmal oder wähle eine andere.',
    '“{a}” breaks off before its index was written, so its sound cannot be found; copy it again, or let the device that recorded it repair it.':
      '„{a}“ bricht ab, bevor das Verzeichnis geschrieben war, daher ist der Ton nicht zu finden; kopiere die Datei noch einmal, oder lass das Gerät sie reparieren, das sie aufnahm.',
    '“{a}” is a playlist or a kind of file that holds no recording itself; choose the recording that it points to.':
      '„{a}“ ist eine Wiedergabeliste oder enthält selbst keine Aufnahme; wähle die Aufnahme, auf die sie zeigt.',
    '“{a}” has no audio track; choose a file with sound.': 'In „{a}“ ist kein Ton; wähle eine Datei mit Ton.',
    '“{a}” has no audio track that can be decoded ({b}); convert its sound to a common format first.':
      'Keine Tonspur von „{a}“ lässt sich lesen ({b}); wandle den Ton zuerst in ein gängiges Format um.',
    '“{a}” has no audio track {b}; choose one from 1 to {c}.':
      '„{a}“ hat keine Tonspur {b}; wähle eine von 1 bis {c}.',
    '“{a}” is empty (0 bytes); copy or export it again.':
      '„{a}“ ist leer (0 Bytes); kopiere oder exportiere die Datei noch einmal.',
    '“{a}” is a folder; choose the media file in it.': '„{a}“ ist ein Ordner; wähle die Aufnahme darin.',
    '“{a}” does not exist at {b}; check whether it was moved or renamed.':
      '„{a}“ ist nicht mehr da ({b}); sieh nach, ob die Datei verschoben oder umbenannt wurde.',
    '“{a}” cannot be opened without permission to read it; change its permissions or copy it to a folder of yours.':
      '„{a}“ zu lesen ist nicht erlaubt; ändere die Rechte oder kopiere die Datei in einen eigenen Ordner.',
    '“{a}” cannot be read ({b}); check the disk or the network drive it is on.':
      '„{a}“ lässt sich nicht lesen ({b}); prüfe den Datenträger oder das Netzlaufwerk.',
    'There is no sound in “{a}” that can be played.': 'In „{a}“ ist kein Ton, der sich abspielen lässt.',
    '“{a}” can be read only up to {b}, where it is damaged; what comes after is missing.':
      '„{a}“ lässt sich nur bis {b} lesen, dort ist die Datei beschädigt; was danach kommt, fehlt.',
    '“{a}” breaks off at {b}, though its header promises {c}; what comes after is missing.':
      '„{a}“ bricht bei {b} ab, obwohl der Dateikopf {c} verspricht; was danach kommt, fehlt.',
    '“{a}” is damaged at {b}: {c} s of sound could not be read.':
      '„{a}“ ist bei {b} beschädigt: {c} s Ton ließen sich nicht lesen.',
    '“{a}” is damaged in {b} places, the first at {c}: {d} s of sound could not be read.':
      '„{a}“ ist an {b} Stellen beschädigt, zuerst bei {c}: {d} s Ton ließen sich nicht lesen.',
    'Two channels of “{a}” cancel each other out, so one was turned over before they were mixed.':
      'Zwei Kanäle von „{a}“ löschen einander aus, daher wurde einer vor dem Mischen umgekehrt.',
    '“{a}” is not the file any more that was added. Show where that is now, and try again.':
      '„{a}“ ist nicht mehr die Datei, die hinzugefügt wurde. Zeige, wo diese jetzt ist, und versuche es noch einmal.',
    '“{a}” is another file than the one that “{b}” was made from; choose that one, or take it anyway.':
      '„{a}“ ist eine andere Datei als die, aus der „{b}“ entstand; wähle diese, oder nimm sie trotzdem.',
    'No {a} that runs was found: install ffmpeg, or name one in {b} (sewscribe doctor shows what was tried).':
      'Es wurde kein lauffähiges {a} gefunden: Installiere ffmpeg, oder nenne eines in {b} (sewscribe doctor zeigt, was versucht wurde).',
    '“{a}” is larger than {b} bytes.': '„{a}“ ist größer als {b} Bytes.',
    'The disk has too little room for “{a}”; make room and upload it again.':
      'Für „{a}“ ist zu wenig Platz; schaffe Platz und lade die Datei noch einmal hoch.',

    // Texts.
    '“{a}” is empty; choose another file.': '„{a}“ ist leer; wähle eine andere Datei.',
    '“{a}” holds no text; choose another file.': 'In „{a}“ steht kein Text; wähle eine andere Datei.',
    '“{a}” is no text file; choose a transcript or subtitles.':
      '„{a}“ ist keine Textdatei; wähle ein Transkript oder Untertitel.',
    '“{a}” holds {b} subtitles; save them as SRT or WebVTT first.':
      'In „{a}“ sind Untertitel der Art {b}; speichere sie zuerst als SRT oder WebVTT.',
    '“{a}” is too large for a transcript; choose another file.':
      '„{a}“ ist zu groß für ein Transkript; wähle eine andere Datei.',
    '“{a}” is damaged: it is no whole JSON; export it again.':
      '„{a}“ ist beschädigt: Es ist kein ganzes JSON; exportiere es noch einmal.',
    '“{a}” is no WebVTT file: it has neither its first line nor a cue; choose another file.':
      '„{a}“ ist keine WebVTT-Datei: Die erste Zeile fehlt, und Untertitel hat sie keine; wähle eine andere Datei.',
    'No cue was found in “{a}”; choose the file that has lines such as {b}.':
      'In „{a}“ ist kein Untertitel; wähle die Datei mit Zeilen wie {b}.',
    'The text has no times; those of its words are a guess until it is aligned with its recording.':
      'Der Text hat keine Zeiten; die seiner Wörter sind geschätzt, bis er an seine Aufnahme angepasst ist.',
    'One cue had the end before the beginning; the times were swapped.':
      'Bei einem Untertitel lag das Ende vor dem Anfang; die Zeiten wurden vertauscht.',
    '{a} cues had the end before the beginning; the times were swapped.':
      'Bei {a} Untertiteln lag das Ende vor dem Anfang; die Zeiten wurden vertauscht.',
    'One cue began before the one before had ended; that one ends sooner, or both are one.':
      'Ein Untertitel begann vor dem Ende des vorigen; dieser endet früher, oder beide sind einer.',
    '{a} cues began before the one before had ended; that one ends sooner, or both are one.':
      '{a} Untertitel begannen vor dem Ende des vorigen; dieser endet früher, oder beide sind einer.',
    'Cues without text were left out ({a}).': 'Untertitel ohne Text wurden ausgelassen ({a}).',
    'The cues were not in the order of their times; they were sorted.':
      'Die Untertitel standen nicht in der Ordnung ihrer Zeiten; sie wurden sortiert.',
    'The file breaks off before its end; its text is read up to there.':
      'Die Datei bricht vor ihrem Ende ab; ihr Text ist bis dorthin gelesen.',
    'Letters that could not be read stand as � ({a}).': 'Nicht lesbare Buchstaben stehen als � ({a}).',
    'Cues without an end are shown for {a} s ({b}).': 'Untertitel ohne Ende stehen {a} s lang ({b}).',
    'Events without fields or times were left out ({a}).':
      'Ereignisse ohne Felder oder Zeiten wurden ausgelassen ({a}).',
    'The text before the first cue was left out: “{a}”.':
      'Der Text vor dem ersten Untertitel wurde ausgelassen: „{a}“.',
    'The text hardly fits the sound: check that it belongs to this recording and that the model understands what is said.':
      'Der Text passt kaum zum Ton: Prüfe, ob er zu dieser Aufnahme gehört und das Modell versteht, was gesagt wird.',
    '“{a} … {b}” ({c} words) was not heard near {d}.': '„{a} … {b}“ ({c} Wörter) war um {d} nicht zu hören.',
    'From {a} to {b} something is said that the text has not.':
      'Von {a} bis {b} wird etwas gesagt, das im Text nicht steht.',
    'There are {a} more such places.': 'Es gibt noch {a} solche Stellen.',

    // Work.
    'The engine ended and was started again before this was done; try it again.':
      'Die Verarbeitung endete und wurde neu gestartet, bevor dies getan war; versuche es noch einmal.',
    'The engine ended {a} times in a row during this job; the log has more.':
      'Die Verarbeitung endete bei diesem Auftrag {a}-mal nacheinander; mehr steht im Protokoll.',
    'Something unexpected went wrong ({a}); the log has more.':
      'Etwas Unerwartetes ging schief ({a}); mehr steht im Protokoll.',
    'Something unexpected went wrong; the log has more.':
      'Etwas Unerwartetes ging schief; mehr steht im Protokoll.',
    'That job is under way already.': 'Dieser Auftrag ist schon in Arbeit.',
    'That job is not in the list (any more).': 'Dieser Auftrag ist nicht mehr in der Liste.',
    'That file is not known (any more); choose it again.':
      'Diese Datei ist nicht mehr bekannt; wähle sie noch einmal.',
    'That folder is not there (any more).': 'Diesen Ordner gibt es nicht mehr.',
    'That project is not there (any more).': 'Dieses Projekt gibt es nicht mehr.',
    '“{a}” has no recording; show where it is.': '„{a}“ hat keine Aufnahme; zeige, wo sie ist.',
    '“{a}” is still being heard; find who speaks when that is done.':
      '„{a}“ wird noch gehört; finde danach heraus, wer spricht.',
    'The text of “{a}” was changed while it was aligned, so its times are as they were; align it again.':
      'Der Text von „{a}“ wurde geändert, während er angepasst wurde, daher sind seine Zeiten wie zuvor; passe ihn noch einmal an.',
    'The times of the words that were just changed could not be found; they are a guess.':
      'Die Zeiten der eben geänderten Wörter waren nicht zu finden; sie sind geschätzt.',
    'Everybody in it has a speaker already, so nothing was changed.':
      'Alle darin haben schon einen Sprecher, daher wurde nichts geändert.',
    'Only one voice was heard, so nobody was named.':
      'Es war nur eine Stimme zu hören, daher wurde niemand benannt.',
    'Your own words were not listened for: there is no language model for the model “{a}”.':
      'Auf deine Wörter wurde nicht gehört: Zum Modell „{a}“ gibt es kein Sprachmodell.',
    'There are {a} words to listen for already; take some out first.':
      'Es sind schon {a} Wörter, auf die gehört wird; nimm zuerst einige heraus.',
    '{A} is not used because {B}, so the processor does the work; "sewscribe doctor" says more.':
      '{A} wird nicht benutzt, denn {B}; der Prozessor macht die Arbeit (mehr sagt „sewscribe doctor“).',
    '{A} is not used because {B}, so the processor does the work.':
      '{A} wird nicht benutzt, denn {B}; der Prozessor macht die Arbeit.',
    '{A} was given up in the middle because {B}; the processor did the rest.':
      '{A} wurde mittendrin aufgegeben, denn {B}; den Rest machte der Prozessor.',
    'The graphics card (CUDA)': 'Die Grafikkarte (CUDA)',
    'The graphics card (DirectML)': 'Die Grafikkarte (DirectML)',
    'Apple’s accelerator (Core ML)': 'Apples Beschleuniger (Core ML)',
    'the library {a} is missing': 'die Bibliothek {a} fehlt',
    'a library that it needs is missing': 'eine nötige Bibliothek fehlt',
    'this system does not have it': 'dieses System hat sie nicht',
    'its driver failed': 'der Treiber versagte',
    'its memory was not enough': 'der Speicher reichte nicht',
    'it computed other figures than the processor': 'sie rechnete anders als der Prozessor',
    'it is no faster than the processor': 'sie ist nicht schneller als der Prozessor',
    'it did not answer in time': 'sie antwortete nicht rechtzeitig',

    // Models.
    'The model "{a}" cannot be downloaded: {B}; try again later (what has come is kept), or import a folder or zip with its files: {c}.':
      'Das Modell „{a}“ lässt sich nicht holen: {B}; versuche es später noch einmal (was kam, bleibt da), oder importiere einen Ordner oder ein Zip mit seinen Dateien: {c}.',
    'The model "{a}" cannot be downloaded: {B}; you can import a folder or zip with its files: {c}.':
      'Das Modell „{a}“ lässt sich nicht holen: {B}; importiere stattdessen einen Ordner oder ein Zip mit seinen Dateien: {c}.',
    'the network does not know {a} (is it down?)': 'das Netz kennt {a} nicht (ist es unterbrochen?)',
    '{a} cannot be reached': '{a} ist nicht zu erreichen',
    '{a} has stopped sending': '{a} sendet nichts mehr',
    'the connection to {a} broke off': 'die Verbindung zu {a} brach ab',
    '{a} gives it only to people who are signed in': '{a} gibt es nur Angemeldeten',
    '{a} refuses access (403)': '{a} verweigert den Zugang (403)',
    '{a} does not have it (404)': '{a} hat es nicht (404)',
    '{a} has had too many requests for now (429)': '{a} bekam fürs Erste zu viele Anfragen (429)',
    '{a} answered with the status {b}': '{a} antwortete mit dem Status {b}',
    '{a} has no public model {b}': '{a} hat kein öffentliches Modell {b}',
    'a web page came from {a} in place of the file, as a proxy or a login page sends it':
      'von {a} kam eine Webseite statt der Datei, wie ein Proxy oder eine Anmeldeseite sie sendet',
    'what {a} sent is not the file that the hub lists (its {b} differs), so it was thrown away':
      'was {a} sandte, ist nicht die Datei aus der Liste ({b} stimmt nicht), daher wurde es verworfen',
    'A model "{a}" is installed already, from {b}; remove it first or choose another --id.':
      'Ein Modell „{a}“ ist schon installiert, von {b}; entferne es zuerst.',
    '"{a}" has too little room: {b} are needed and {c} are free; make room or move SEWSCRIBE_HOME to another disk.':
      'In „{a}“ ist zu wenig Platz: {b} sind nötig und {c} frei; schaffe Platz, oder verlege SEWSCRIBE_HOME auf einen anderen Datenträger.',
    'The model "{a}" cannot be loaded: {b} Install it again.':
      'Das Modell „{a}“ lässt sich nicht laden: {b} Installiere es noch einmal.',
    'The model "{a}" ended its process {b} times at the same place; try another model or device.':
      'Das Modell „{a}“ beendete seinen Prozess {b}-mal an derselben Stelle; versuche ein anderes Modell oder Gerät.',
    'That model is not on its way (any more).': 'Dieses Modell ist nicht mehr unterwegs.',

    // Writing.
    '"{a}" cannot be written: {B}.': '„{a}“ lässt sich nicht schreiben: {B}.',
    'the disk is full': 'der Datenträger ist voll',
    'the disk quota is used up': 'das Kontingent ist aufgebraucht',
    'this user may not write there': 'dort darf nicht geschrieben werden',
    'the disk is read-only': 'der Datenträger lässt sich nur lesen',
    'the folder does not exist': 'den Ordner gibt es nicht',
    'the folder is not a folder': 'der Ordner ist keiner',
    'there is a folder of that name': 'es gibt einen Ordner dieses Namens',
    'it exists already; --overwrite replaces it': 'die Datei ist schon da',
    'the name is too long': 'der Name ist zu lang',
    '“{a}” is not where it was, so nothing can be written beside it; choose a folder.':
      '„{a}“ ist nicht mehr an seinem Ort, daher lässt sich nichts daneben schreiben; wähle einen Ordner.',
    'This text has no recording, so nothing can be written beside it; choose a folder.':
      'Dieser Text hat keine Aufnahme, daher lässt sich nichts daneben schreiben; wähle einen Ordner.',

    // Projects.
    '“{a}” was made by a newer Sewscribe; install the newest one to open it.':
      '„{a}“ stammt von einem neueren Sewscribe; installiere das neueste, um es zu öffnen.',
    'The project.json in {a} is missing or damaged; restore a copy of it.':
      'Die project.json in {a} fehlt oder ist beschädigt; stelle eine Kopie wieder her.',
    'The stored text is damaged; it is made again from the list of edits.':
      'Der gespeicherte Text ist beschädigt; er wird aus der Liste der Änderungen neu gemacht.',
    'Line {a} of the list of edits is damaged.': 'Zeile {a} der Liste der Änderungen ist beschädigt.',
    'The last {a} edits do not fit the document and were left out.':
      'Die letzten {a} Änderungen passen nicht zum Dokument und wurden ausgelassen.',
    'The words to be edited do not stand there (any more).':
      'Die zu ändernden Wörter stehen dort nicht mehr.',
    'There is no time left for so many words.': 'Für so viele Wörter ist keine Zeit mehr.',
    'There is not time enough for one person to say all that.':
      'Für all das hat eine Person nicht genug Zeit.',
    '{a} would lie behind the end of the recording.': '{a} läge hinter dem Ende der Aufnahme.',
  },
};

type Known = { form: RegExp; text: string };

const knownOf = new Map<Language, readonly Known[]>();
function known(shown: Exclude<Language, 'en'>): readonly Known[] {
  let forms = knownOf.get(shown);
  if (!forms) {
    forms = Object.entries(sentences[shown]).map(([english, text]) => ({ form: formOf(english), text }));
    knownOf.set(shown, forms);
  }
  return forms;
}

function formOf(english: string): RegExp {
  const literal = english.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{([A-Za-z])\}/g, '(?<$1>.+?)')}$`, 's');
}

/** A sentence of the engine in the interface's language, as far as that is known. */
export function said(sentence: string): string {
  const shown = language();
  if (shown === 'en') return sentence;
  for (const { form, text } of known(shown)) {
    const values = form.exec(sentence);
    if (!values) continue;
    return text.replace(/\{([A-Za-z])\}/g, (_, name: string) => {
      const value = values.groups![name];
      return name === name.toUpperCase() ? said(value) : value;
    });
  }
  return sentence;
}
