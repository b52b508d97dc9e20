import { offeredModels } from '../../native-models/store/catalogue.ts';
import { removeInstalledModel } from '../../native-models/store/installed.ts';
import type { modelMethods } from '../contract.ts';
import { UsageError } from '../errors.ts';
import type { Handlers } from './handler.ts';

export const modelHandlers: Handlers<keyof typeof modelMethods> = {
  'models.list': async (_, { models }) => ({ models: await models.list() }),
  async 'models.remove'({ modelId }, { folders, tell }) {
    if (modelId === 'embedded')
      throw new UsageError('The embedded model comes with the app and cannot be removed.');
    await removeInstalledModel(folders.models, modelId);
    tell('models.changed', {});
    return {};
  },
  'models.catalogue': async () => ({
    offered: offeredModels.map((entry) => ({
      modelId: entry.id,
      hubId: entry.hubId,
      name: entry.name,
      family: entry.family,
      languages: entry.languages,
      licence: entry.licence,
      parameters: entry.parametersMillions === null ? null : Math.round(entry.parametersMillions * 1e6),
      downloadBytes: entry.downloadMegabytes === null ? null : Math.round(entry.downloadMegabytes * 1e6),
      wordErrorRates: entry.wordErrorRates,
      goodFor: entry.goodFor,
      notice: entry.notice,
      isRecommended: entry.recommended,
    })),
  }),
  'models.install': async ({ reference }, { installations }) => ({
    modelId: installations.install(reference),
  }),
  async 'models.pauseInstall'({ modelId }, { installations }) {
    await installations.pause(modelId);
    return {};
  },
  async 'models.cancelInstall'({ modelId }, { installations }) {
    await installations.cancel(modelId);
    return {};
  },
  'models.installs': async (_, { installations }) => ({ installs: installations.list }),
};
