import type { DesktopBridge } from '../engine/contract.ts';
import { BridgeFailure, type Transport } from './transport.ts';

declare global {
  // The desktop's shell sets it before the page begins; a browser has none.
  var sewscribeDesktop: DesktopBridge | undefined;
}

/** The desktop's shell: messages over what its preload gave the page, and files that stay where they are. */
export function desktopTransport(desktop: DesktopBridge): Transport {
  return {
    connect({ onOpen, onMessage }) {
      desktop.connect(onMessage);
      queueMicrotask(onOpen);
      return { send: (text) => desktop.send(text), close: () => undefined };
    },
    async upload(file, { signal, onProgress }) {
      const taken = await desktop.take(file);
      if ('failure' in taken) throw new BridgeFailure('source', taken.failure);
      if (signal.aborted) throw new BridgeFailure('cancelled', '');
      onProgress(taken.bytes);
      return taken;
    },
  };
}
