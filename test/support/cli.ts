import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
export const recitalFolder = join(projectFolder, 'test/fixtures/recital');
const bin = join(projectFolder, 'bin/sewscribe.mjs');

export type CommandResult = { exitCode: number | null; stdout: string; stderr: string };

/** A folder of a test's own, below the system's temporary one; its name has a space and an accent, as people's have. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sewscribe tést '));
}

/**
 * Runs the command line as a person does, in a process of its own.
 * @param options.wrap - a program with arguments that starts it, such as one that drops privileges
 */
export function sewscribe(
  args: string[],
  options: { home: string; cwd?: string; wrap?: string[]; environment?: Record<string, string> },
): Promise<CommandResult> {
  const [program, ...rest] = [...(options.wrap ?? []), process.execPath, bin, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: options.cwd ?? projectFolder,
      env: { ...process.env, SEWSCRIBE_HOME: options.home, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...output }));
  });
}
