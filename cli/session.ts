import { existsSync } from 'node:fs';
import type { ModelReference } from '../engine/contract.ts';
import { folders, type Folders } from '../files/folders.ts';
import { EngineClient } from '../host/engineClient.ts';
import { forkEngine } from '../host/engineProcess.ts';

export type Session = {
  engine: EngineClient;
  folders: Folders;
  /** Aborted when the person interrupts the command. */
  signal: AbortSignal;
};

/**
 * Gives a command its engine and ends it afterwards. The first interruption cancels what runs, a second one
 * ends the command at once.
 */
export async function withEngine<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const engine = new EngineClient(forkEngine);
  const interrupt = () => {
    if (controller.signal.aborted) {
      engine.close();
      process.exit(130);
    }
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await work({ engine, folders: folders(), signal: controller.signal });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    engine.close();
  }
}

/** The model that a person named, converted if that is still to do. */
export async function modelReference(
  name: string,
  places: Folders,
): Promise<ModelReference & { notice: string | null; name: string }> {
  const { resolveModel } = await import('../native-models/store/resolve.ts');
  const isSlow = process.stderr.isTTY && existsSync(name);
  const { folder, manifest } = await resolveModel(name, places, (fraction) => {
    if (isSlow) process.stderr.write(`\r\x1b[KPreparing the model  ${Math.floor(fraction * 100)} %`);
  });
  if (isSlow) process.stderr.write('\r\x1b[K');
  return { id: manifest.id, folder, notice: manifest.notice, name: manifest.name };
}
