import { pagePaths, uploadResult } from '../engine/contract.ts';
import { t } from './strings/strings.ts';
import { BridgeFailure, type Transport } from './transport.ts';

/** The loopback shell: messages over a WebSocket of the page's own origin, uploads over HTTP. */
export const webSocketTransport: Transport = {
  connect({ onOpen, onMessage, onClose }) {
    const socket = new WebSocket(`ws://${location.host}${pagePaths.socket}`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = onOpen;
    socket.onmessage = ({ data }) =>
      onMessage(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer));
    // An error is always followed by the close.
    socket.onclose = onClose;
    return { send: (text) => socket.send(text), close: () => socket.close() };
  },

  // `fetch` tells nothing of how much has been sent.
  upload(file, { signal, onProgress }) {
    return new Promise((resolve, reject) => {
      const fail = (message: string) => reject(new BridgeFailure('source', message));
      const stopped = () =>
        reject(new BridgeFailure('cancelled', t('common.uploadStopped', { name: file.name })));
      if (signal.aborted) return stopped();
      const request = new XMLHttpRequest();
      request.open('POST', `${pagePaths.upload}?name=${encodeURIComponent(file.name)}`);
      request.upload.onprogress = ({ loaded }) => onProgress(loaded);
      request.onload = () => {
        const result =
          request.status === 200 ? uploadResult.safeParse(parsed(request.responseText)) : undefined;
        if (result?.success) resolve(result.data);
        else fail(request.responseText || t('common.uploadBroke', { name: file.name }));
      };
      request.onerror = () => fail(t('common.uploadBroke', { name: file.name }));
      request.onabort = stopped;
      signal.addEventListener('abort', () => request.abort(), { once: true });
      request.send(file);
    });
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
