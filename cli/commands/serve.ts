import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { openLog } from '../../files/log.ts';
import { builtPage, PageFiles } from '../../host/pageFiles.ts';
import { startServer, type RunningServer } from '../../server/server.ts';
import { CommandFailure, exitCodes, usageFailure } from '../failures.ts';
import { withEngine } from '../session.ts';

/** `sewscribe serve` */
export async function serve(options: {
  port: number;
  root: string[];
  open?: boolean;
  json?: boolean;
}): Promise<void> {
  const roots = options.root.map((folder) => resolve(folder));
  for (const root of roots) {
    if (!(await stat(root).catch(() => undefined))?.isDirectory()) {
      throw usageFailure(`--root "${root}" is not a folder; name one that is there.`);
    }
  }
  const page = await PageFiles.open(await builtPage((message) => process.stderr.write(`${message}\n`)));
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  await withEngine(async ({ engine, folders, signal }) => {
    const log = openLog(folders.logs, 'server');
    const server = await startServer({ engine, page, roots, port: options.port, version, log }).catch(
      (cause: NodeJS.ErrnoException) => {
        throw cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
          ? new CommandFailure(`Port ${options.port} is taken; choose another --port.`, exitCodes.usage)
          : cause;
      },
    );
    announce(server, options);
    await new Promise<void>((ended) => signal.addEventListener('abort', () => ended(), { once: true }));
    await server.close();
  });
}

function announce({ address }: RunningServer, options: { open?: boolean; json?: boolean }): void {
  process.stdout.write(options.json ? `${JSON.stringify({ address })}\n` : `${address}\n`);
  process.stderr.write('Open this address in a browser on this machine; Ctrl-C ends Sewscribe.\n');
  if (!options.open) return;
  const [program, ...args] =
    process.platform === 'win32'
      ? ['cmd', '/c', 'start', '', address]
      : [process.platform === 'darwin' ? 'open' : 'xdg-open', address];
  // A machine without a browser has the address all the same.
  spawn(program, args, { stdio: 'ignore', detached: true })
    .once('error', () => undefined)
    .unref();
}
