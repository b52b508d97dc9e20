// In a checkout the worker is TypeScript. Node 20 gives a worker thread neither its parent's module hooks nor those
// of an `--import` of its own, so it has to register tsx itself before it reads the first TypeScript file.
import { register } from 'tsx/esm/api';

register();
await import('./alignment.worker.ts');
