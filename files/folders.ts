import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where the app keeps what it stores. */
export type Folders = {
  settings: string;
  models: string;
  /** A person's own language model for the model that ships with the app; others have theirs beside them. */
  languageModels: string;
  projects: string;
  /** The state of jobs of the command line that have not finished. */
  unfinished: string;
  logs: string;
  /** What can be made again: the shipped model, converted. */
  cache: string;
};

/** The platform's own folders, or those below SEWSCRIBE_HOME where it is set. */
export function folders(environment: NodeJS.ProcessEnv = process.env): Folders {
  const home = environment['SEWSCRIBE_HOME'];
  const own = envPaths('sewscribe', { suffix: '' });
  const data = home || own.data;
  return {
    settings: home ? join(home, 'settings') : own.config,
    models: join(data, 'models'),
    languageModels: join(data, 'language-models'),
    projects: join(data, 'projects'),
    unfinished: join(data, 'unfinished'),
    logs: home ? join(home, 'logs') : own.log,
    cache: home ? join(home, 'cache') : own.cache,
  };
}
