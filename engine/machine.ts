import type { Result } from './contract.ts';
import { findMediaTools } from './media/tools.ts';
import { describeAccelerators } from './recognition/devices/describe.ts';
import type { Devices } from './recognition/devices/devices.ts';
import type { Launcher } from './recognition/launcher.ts';
import { recogniserReply } from './recognition/messages.ts';

/** What this machine can compute on and which tools were found; whatever is missing is said, never thrown. */
export async function describeMachine(
  launcher: Launcher,
  devices: Devices,
): Promise<Result<'machine.describe'>> {
  const [runtime, accelerators, tools] = await Promise.all([
    describeRuntime(launcher),
    describeAccelerators(devices),
    findMediaTools().catch(() => undefined),
  ]);
  return {
    ...runtime,
    accelerators,
    ffmpeg: tools?.ffmpeg.path ?? null,
    ffprobe: tools?.ffprobe.path ?? null,
  };
}

function describeRuntime(launcher: Launcher): Promise<{ devices: string[]; runtimeVersion: string }> {
  return new Promise((resolve) => {
    const port = launcher();
    const nothing = { devices: [], runtimeVersion: '' };
    port.onExit(() => resolve(nothing));
    port.onMessage((message) => {
      const reply = recogniserReply.safeParse(message).data;
      resolve(
        reply?.kind === 'description' ? { devices: reply.devices, runtimeVersion: reply.version } : nothing,
      );
      port.kill();
    });
    port.post({ kind: 'describe' });
  });
}
