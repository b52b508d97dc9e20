/** What the shell itself says, in menus, notifications and dialogs; the page has its own. */
const en = {
  file: 'File',
  open: 'Open…',
  openRecent: 'Open Recent',
  forgetRecent: 'Forget These',
  library: 'Library',
  models: 'Models',
  settings: 'Settings',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  help: 'Help',
  looksForUpdates: 'Look for Updates at the Start',
  show: 'Open Sewscribe',
  pauseQueue: 'Pause the Queue',
  continueQueue: 'Continue the Queue',
  quit: 'Quit Sewscribe',
  recordings: 'Recordings',
  transcripts: 'Transcripts',
  finished: 'Transcribed',
  failed: 'Not transcribed',
  partly: 'Transcribed in part',
  goesOn: 'Sewscribe goes on in the background until the queue is done.',
  cannotStart: 'Sewscribe could not start. The log in {logs} says why; installing Sewscribe again may help.',
  cannotOpen: 'Not opened',
  gone: '“{name}” is not there any more.',
  noFile: 'That is no file on this machine; save it to the disk first.',
  noRuntime: 'Sewscribe cannot recognise speech on this machine',
  noRuntimeWhy:
    'Its part that computes (ONNX Runtime) cannot be loaded. Install Sewscribe again; where that does not help, the log in {logs} says why. Transcripts can be opened and corrected all the same.',
  noTools: 'Sewscribe cannot read recordings on this machine',
  noToolsWhy:
    'ffmpeg was not found. Install Sewscribe again, or install ffmpeg. Transcripts can be opened and corrected all the same.',
  updateReady: 'A new version of Sewscribe is there',
  updateWhy: 'Version {version} can be downloaded now and is installed when you quit.',
  download: 'Download',
  later: 'Later',
};
export type Texts = typeof en;

const de: Texts = {
  file: 'Datei',
  open: 'Öffnen …',
  openRecent: 'Zuletzt geöffnet',
  forgetRecent: 'Diese Einträge vergessen',
  library: 'Bibliothek',
  models: 'Modelle',
  settings: 'Einstellungen',
  edit: 'Bearbeiten',
  view: 'Ansicht',
  window: 'Fenster',
  help: 'Hilfe',
  looksForUpdates: 'Beim Start nach neuen Versionen sehen',
  show: 'Sewscribe öffnen',
  pauseQueue: 'Warteschlange anhalten',
  continueQueue: 'Warteschlange fortsetzen',
  quit: 'Sewscribe beenden',
  recordings: 'Aufnahmen',
  transcripts: 'Transkripte',
  finished: 'Transkribiert',
  failed: 'Nicht transkribiert',
  partly: 'Teilweise transkribiert',
  goesOn: 'Sewscribe arbeitet im Hintergrund weiter, bis die Warteschlange fertig ist.',
  cannotStart:
    'Sewscribe konnte nicht starten. Das Protokoll in {logs} sagt, warum; vielleicht hilft es, Sewscribe neu zu installieren.',
  cannotOpen: 'Nicht geöffnet',
  gone: '„{name}“ ist nicht mehr da.',
  noFile: 'Das ist keine Datei auf diesem Rechner; speichern Sie sie zuerst.',
  noRuntime: 'Sewscribe kann auf diesem Rechner keine Sprache erkennen',
  noRuntimeWhy:
    'Der Teil, der rechnet (ONNX Runtime), lässt sich nicht laden. Installieren Sie Sewscribe neu; hilft das nicht, steht der Grund im Protokoll in {logs}. Transkripte lassen sich trotzdem öffnen und verbessern.',
  noTools: 'Sewscribe kann auf diesem Rechner keine Aufnahmen lesen',
  noToolsWhy:
    'ffmpeg wurde nicht gefunden. Installieren Sie Sewscribe neu, oder installieren Sie ffmpeg. Transkripte lassen sich trotzdem öffnen und verbessern.',
  updateReady: 'Es gibt eine neue Version von Sewscribe',
  updateWhy: 'Version {version} kann jetzt geladen werden und wird beim Beenden installiert.',
  download: 'Laden',
  later: 'Später',
};

/** @param locale a BCP 47 tag */
export function textsFor(locale: string): Texts {
  return locale.toLowerCase().startsWith('de') ? de : en;
}

export function filled(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
