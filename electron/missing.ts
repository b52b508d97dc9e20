import { dialog } from 'electron';
import type { PageResult } from '../engine/contract.ts';
import type { MainWindow } from './mainWindow.ts';
import type { Shell } from './shell.ts';
import { filled } from './texts.ts';

/** Says what this machine lacks, once the window is there; what needs none of it works. */
export async function tellWhatIsMissing(shell: Shell, window: MainWindow): Promise<void> {
  const { texts, folders } = shell;
  const described = await shell.gateway.call('machine.describe', {});
  const { devices, ffmpeg, ffprobe } = described as PageResult<'machine.describe'>;
  const missing = [
    ...(devices.length === 0 ? [{ message: texts.noRuntime, detail: texts.noRuntimeWhy }] : []),
    ...(ffmpeg === null || ffprobe === null ? [{ message: texts.noTools, detail: texts.noToolsWhy }] : []),
  ];
  for (const { message, detail } of missing) {
    shell.log(message);
    const box = { type: 'warning' as const, message, detail: filled(detail, { logs: folders.logs }) };
    await (window.current ? dialog.showMessageBox(window.current, box) : dialog.showMessageBox(box));
  }
}
