// In a checkout the worker is TypeScript, and has to register tsx itself (see ../recognition/alignment.worker.checkout.mjs).
import { register } from 'tsx/esm/api';

register();
await import('./modelWork.worker.ts');
