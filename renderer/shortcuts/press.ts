import { chosen } from '../settings/chosen.svelte.ts';
import { language } from '../strings/strings.ts';
import { actionIds, keysOf, type ActionId, type Platform } from './actions.ts';
import { ariaKeys, combinationOf, keyCaps, meansOneOf } from './keys.ts';

export const platform: Platform = {
  isMac: typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform),
  // The desktop's shell has put its channel there before the page begins.
  isBrowser: globalThis.sewscribeDesktop === undefined,
};

/** Does an action; `false` leaves the key to others. */
type Handler = (event: KeyboardEvent | null) => unknown;
const handlers = new Map<ActionId, Handler[]>();

/**
 * Says who does an action from now on; the newest is asked first.
 * In a component: `$effect(() => onAction('look.find', openFind))`.
 * @returns what takes it back
 */
export function onAction(action: ActionId, handler: Handler): () => void {
  const all = handlers.get(action) ?? [];
  handlers.set(action, [...all, handler]);
  return () => {
    const left = (handlers.get(action) ?? []).filter((other) => other !== handler);
    handlers.set(action, left);
  };
}

/** Does an action as its keys would. @returns whether somebody did it */
export function doAction(action: ActionId, event: KeyboardEvent | null = null): boolean {
  return [...(handlers.get(action) ?? [])].reverse().some((handler) => handler(event) !== false);
}

/** For the window: does what the pressed keys mean. */
export function pressKeys(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const pressed = combinationOf(event, platform.isMac);
  if (pressed === null) return;
  const inText = writesInto(event.target);
  for (const action of actionIds) {
    if (!handlers.get(action)?.length) continue;
    if (!meansOneOf(keysOf(action, chosen.settings.shortcuts, platform), pressed, inText)) continue;
    if (!doAction(action, event)) continue;
    event.preventDefault();
    return;
  }
}

/** Whether a key press means an action, for who handles keys itself. */
export function isPressed(action: ActionId, event: KeyboardEvent): boolean {
  const pressed = event.isComposing ? null : combinationOf(event, platform.isMac);
  const keys = keysOf(action, chosen.settings.shortcuts, platform);
  return pressed !== null && meansOneOf(keys, pressed, writesInto(event.target));
}

/** An action's keys for a tooltip: `Ctrl+O`; empty where it has none. Reactive. */
export function keysText(action: ActionId): string {
  const [first] = keysOf(action, chosen.settings.shortcuts, platform);
  if (first === undefined) return '';
  return keyCaps(first, language(), platform.isMac).join(platform.isMac ? '' : '+');
}

/** An action's keys for `aria-keyshortcuts`. Reactive. */
export function ariaKeysOf(action: ActionId): string | undefined {
  const keys = keysOf(action, chosen.settings.shortcuts, platform);
  return keys.length === 0 ? undefined : keys.map((key) => ariaKeys(key, platform.isMac)).join(' ');
}

const unwritten = new Set(['checkbox', 'radio', 'range', 'button', 'submit', 'file', 'color']);
function writesInto(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !unwritten.has(target.type);
  if (target instanceof HTMLElement) return target.isContentEditable || target.matches('textarea, select');
  return false;
}
