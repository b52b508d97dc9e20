import { installModel } from '../../native-models/store/install.ts';

/** Installs a model and ends itself as `kill -9` does, once a stage is so far: MODEL FOLDER STAGE FRACTION. */
const [model, models, stage, fraction] = process.argv.slice(2);

await installModel(
  model,
  { models },
  {
    onProgress: (progress) => {
      if (progress.stage === stage && progress.fraction >= Number(fraction))
        process.kill(process.pid, 'SIGKILL');
    },
  },
);
