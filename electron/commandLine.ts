import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The commands of `sewscribe`, which the packaged app's own executable takes too. */
const commands = new Set(
  'transcribe align convert models logits evaluate captions speakers serve delete-data doctor bench help'.split(
    ' ',
  ),
);
const questions = new Set(['--help', '-h', '--version', '-V']);

/** What the app was started for. */
export type Wanted = { kind: 'command'; args: string[] } | { kind: 'window'; paths: string[] };

/**
 * @param argv with the executable as its first, and the app's folder as its second where it is not packaged
 * @param workingFolder relative paths are below it
 */
export function wantedOf(
  argv: readonly string[],
  { isPackaged, workingFolder }: { isPackaged: boolean; workingFolder: string },
): Wanted {
  // Chromium puts switches of its own between, and gives them on to the running app.
  const args = argv.slice(1);
  if (!isPackaged) args.splice(0, args.findIndex((arg) => !arg.startsWith('-')) + 1);
  const [first] = args;
  if (first !== undefined && (commands.has(first) || questions.has(first))) return { kind: 'command', args };
  const paths = args.filter((arg) => !arg.startsWith('-')).map(pathOf);
  // An empty argument or one with a null byte is no path.
  const usable = paths.filter((path) => path !== '' && !path.includes('\0'));
  return { kind: 'window', paths: usable.map((path) => resolve(workingFolder, path)) };
}

/** Some desktops of Linux name a file that was opened by a double click by its address. */
function pathOf(arg: string): string {
  try {
    return arg.startsWith('file:///') ? fileURLToPath(arg) : arg;
  } catch {
    // It says of itself that it is not there.
    return arg;
  }
}
