// In a checkout the worker is TypeScript, and has to register tsx itself (see ../alignment.worker.checkout.mjs).
import { register } from 'tsx/esm/api';

register();
await import('./beam.worker.ts');
