import type { AcceleratorState } from '../../contract.ts';
import type { Devices } from './devices.ts';
import { platformOf, type AcceleratorDevice, type Hardware } from './hardware.ts';
import type { Verdict } from './verdicts.ts';
import { becauseOf, mendOf, systemNames } from './wording.ts';

/** What is known of each device beside the processor; nothing is tried. */
export async function describeAccelerators(devices: Devices): Promise<AcceleratorState[]> {
  const hardware = await devices.hardware();
  const verdict = await devices.newestVerdict(hardware);
  return (Object.keys(platformOf) as AcceleratorDevice[]).map((device) => ({
    device,
    fault: null,
    timesFaster: null,
    mend: null,
    ...stateOf(device, hardware, verdict),
  }));
}

function stateOf(
  device: AcceleratorDevice,
  { platform, accelerator }: Hardware,
  verdict: Verdict | undefined,
): Pick<AcceleratorState, 'state' | 'says'> & Partial<AcceleratorState> {
  if (!platformOf[device].includes(platform)) {
    return { state: 'elsewhere', says: `only on ${systemNames[device]}` };
  }
  if (accelerator?.device !== device) {
    return {
      state: 'absent',
      says: device === 'cuda' ? 'none: NVIDIA’s driver is not loaded' : 'none was found',
    };
  }
  if (!verdict) return { state: 'untried', says: `not tried yet (${accelerator.driver})` };
  if (verdict.use) {
    const { timesFaster } = verdict;
    const says = `right, and ${timesFaster.toFixed(1)} times as fast as the processor (${accelerator.driver})`;
    return { state: 'used', timesFaster, says };
  }
  const { fault, detail } = verdict;
  return {
    state: 'unused',
    fault,
    says: `not used because ${becauseOf(fault, detail)} (${accelerator.driver})`,
    mend: mendOf(device, fault, detail),
  };
}
