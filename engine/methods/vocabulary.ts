import { ownWordsAtMost, type projectMethods, type Result } from '../contract.ts';
import { UsageError } from '../errors.ts';
import { proposedWords } from '../projects/proposedWords.ts';
import type { Workspace } from '../workspace.ts';
import type { Handlers } from './handler.ts';

type Names = Extract<keyof typeof projectMethods, `vocabulary.${string}`>;

export const vocabularyHandlers: Handlers<Names> = {
  'vocabulary.propose': ({ projectId }, workspace) => propose(projectId, workspace),

  async 'vocabulary.decide'({ projectId, text, listen }, workspace) {
    const { projects, settings, tell } = workspace;
    if (listen === 'here') {
      const project = await projects.get(projectId);
      await project.change({ vocabulary: withWord(project.about.vocabulary ?? [], text) });
    } else {
      const { vocabulary, declinedWords } = settings.current;
      const change =
        listen === 'everywhere'
          ? { vocabulary: withWord(vocabulary, text) }
          : { declinedWords: [...new Set([...declinedWords, text])].slice(-ownWordsAtMost) };
      tell('settings.changed', await settings.change(change));
    }
    return propose(projectId, workspace);
  },
};

async function propose(
  projectId: string,
  { projects, settings }: Workspace,
): Promise<Result<'vocabulary.propose'>> {
  const { document, about } = await projects.get(projectId);
  const { vocabulary, declinedWords } = settings.current;
  const declined = declinedWords.map((text) => ({ text }));
  return { words: await proposedWords(document, [...vocabulary, ...(about.vocabulary ?? []), ...declined]) };
}

function withWord<Word extends { text: string }>(
  words: readonly Word[],
  text: string,
): (Word | { text: string })[] {
  if (words.some((word) => word.text === text)) return [...words];
  if (words.length >= ownWordsAtMost)
    throw new UsageError(`There are ${ownWordsAtMost} words to listen for already; take some out first.`);
  return [...words, { text }];
}
