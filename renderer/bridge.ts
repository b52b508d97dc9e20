import { connectBridge } from './bridgeClient.ts';
import { desktopTransport } from './desktopTransport.ts';
import { t } from './strings/strings.ts';
import { webSocketTransport } from './webSocketTransport.ts';

export type { Bridge } from './bridgeClient.ts';
export { BridgeFailure, sentenceOf } from './transport.ts';

const { sewscribeDesktop } = globalThis;
const transport = sewscribeDesktop ? desktopTransport(sewscribeDesktop) : webSocketTransport;
/** The one connection of this page. A shell with another way to send messages is one more transport. */
export const bridge = connectBridge(transport, { broken: () => t('common.connectionBroke') });
