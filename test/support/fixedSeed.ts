import fc from 'fast-check';

/** Every run tries the same cases; SEED=… tries others. */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 4711) });
