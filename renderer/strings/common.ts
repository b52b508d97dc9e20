import { part } from './part.ts';

export const common = part({
  en: {
    'common.library': 'Library',
    'common.models': 'Models',
    'common.settings': 'Settings',
    'common.places': 'Places',
    'common.offlineWell': 'Works without a network',
    'common.cancel': 'Cancel',
    'common.close': 'Close',
    'common.open': 'Open',
    'common.delete': 'Delete',
    'common.more': 'More',
    'common.moreFor': 'More for {name}',
    'common.skip': 'Skip to the content',
    'common.connectionBroke': 'The connection to Sewscribe broke before this was done; try it again.',
    'common.connecting': 'Sewscribe does not answer. This page goes on by itself as soon as it does.',
    'common.ended': 'Sewscribe has ended, or was started anew. Start it and open the address that it prints.',
    'common.uploadStopped': 'The upload of “{name}” was stopped.',
    'common.uploadBroke': 'The upload of “{name}” broke off; add it again.',
  },
  de: {
    'common.library': 'Bibliothek',
    'common.models': 'Modelle',
    'common.settings': 'Einstellungen',
    'common.places': 'Orte',
    'common.offlineWell': 'Arbeitet ohne Netz',
    'common.cancel': 'Abbrechen',
    'common.close': 'Schließen',
    'common.open': 'Öffnen',
    'common.delete': 'Löschen',
    'common.more': 'Mehr',
    'common.moreFor': 'Mehr zu {name}',
    'common.skip': 'Zum Inhalt springen',
    'common.connectionBroke':
      'Die Verbindung zu Sewscribe brach ab, bevor dies getan war; versuche es noch einmal.',
    'common.connecting': 'Sewscribe antwortet nicht. Sobald es antwortet, geht es hier von selbst weiter.',
    'common.ended':
      'Sewscribe wurde beendet oder neu gestartet. Starte es und öffne die Adresse, die es ausgibt.',
    'common.uploadStopped': 'Das Hochladen von „{name}“ wurde abgebrochen.',
    'common.uploadBroke': 'Das Hochladen von „{name}“ brach ab; füge die Datei noch einmal hinzu.',
  },
});
