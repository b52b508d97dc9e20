import { constants, setPriority } from 'node:os';

/**
 * Lets a process that computes for long give way to what a person waits for: the engine that must answer, and
 * everything else on the machine.
 */
export function giveWay(processId: number | undefined): void {
  try {
    if (processId !== undefined) setPriority(processId, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not let us; it computes all the same.
  }
}
