import { EventEmitter } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runningProcesses } from './processes.ts';
import { record } from './record.ts';

const home = process.env['SEWSCRIBE_HOME']!;
const lock = join(home, 'stand-in.lock');
const inbox = join(home, 'stand-in.inbox');
const mainFile = process.argv[1];

class App extends EventEmitter {
  readonly name = 'Sewscribe';
  readonly isPackaged = false;
  #isQuitting = false;
  readonly windows = new Set<{ close(): void; isDestroyed(): boolean }>();

  whenReady(): Promise<void> {
    // As a Mac does it when a file was opened that the app has to be started for.
    const path = process.env['SEWSCRIBE_TEST_OPENED'];
    if (path) this.emit('open-file', { preventDefault: () => undefined }, path);
    return new Promise((resolve) => setImmediate(resolve));
  }
  getVersion(): string {
    const path = fileURLToPath(new URL('../package.json', pathToFileURL(mainFile)));
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  }
  getAppMetrics(): { pid: number; name?: string }[] {
    return runningProcesses().flatMap(({ pid, serviceName: name }) =>
      pid === undefined ? [] : [{ pid, name }],
    );
  }
  getLocale(): string {
    return process.env['SEWSCRIBE_TEST_LOCALE'] ?? 'en';
  }
  enableSandbox(): void {
    record('app', { sandboxed: true });
  }
  setAppUserModelId(): void {}
  addRecentDocument(path: string): void {
    record('recent', { path });
  }
  clearRecentDocuments(): void {
    record('recent', { path: null });
  }

  /** By a file with the first one's number; the others leave it a letter. */
  requestSingleInstanceLock(data?: unknown): boolean {
    mkdirSync(inbox, { recursive: true });
    try {
      process.kill(Number(readFileSync(lock, 'utf8')), 0);
      const letter = JSON.stringify({ argv: process.argv, cwd: process.cwd(), data });
      writeFileSync(join(inbox, `${process.pid}`), letter);
      return false;
    } catch {
      writeFileSync(lock, String(process.pid));
      watch(inbox, () => this.#readLetters()).unref();
      return true;
    }
  }

  quit(): void {
    if (this.#isQuitting) return;
    this.#isQuitting = true;
    this.emit('before-quit', {});
    for (const window of [...this.windows]) window.close();
    setImmediate(() => {
      let isPrevented = false;
      this.emit('will-quit', { preventDefault: () => (isPrevented = true) });
      if (!isPrevented) this.exit(0);
    });
  }
  exit(code: number): void {
    rmSync(lock, { force: true });
    process.exit(code);
  }

  #readLetters(): void {
    for (const name of readdirSync(inbox)) {
      const path = join(inbox, name);
      try {
        const { argv, cwd, data } = JSON.parse(readFileSync(path, 'utf8'));
        rmSync(path);
        this.emit('second-instance', {}, argv, cwd, data);
      } catch {
        // Not written to its end yet; that is told too.
      }
    }
  }
}

export const app = new App();
process.on('SIGTERM', () => app.quit());
