import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { DesktopBridge } from '../engine/contract.ts';
import { channels } from './channels.ts';

/** The page's side of the shell: it hands on messages and files, and decides nothing. */

let hear: (data: string | Uint8Array) => void = () => undefined;
ipcRenderer.on(channels.message, (_event, data: string | Uint8Array) => hear(data));
// The shell's own code is checked without a page's types.
const { location } = globalThis as unknown as { location: { hash: string } };
ipcRenderer.on(channels.place, (_event, place: string) => {
  location.hash = place;
});

const bridge: DesktopBridge = {
  connect(onMessage) {
    hear = onMessage;
    ipcRenderer.send(channels.open);
  },
  send: (text) => ipcRenderer.send(channels.request, text),
  // The path goes around the page: only a File that a person chose has one, and only here it can be read.
  take: (file) => ipcRenderer.invoke(channels.take, webUtils.getPathForFile(file)),
};
contextBridge.exposeInMainWorld('sewscribeDesktop', bridge);
