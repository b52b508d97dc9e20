import { vocabulary, type Decoder, type OwnWord } from '../engine/contract.ts';
import { CommandFailure, exitCodes, usageFailure } from './failures.ts';
import { readSource } from './readSource.ts';

/**
 * Reads `--words`: a word or phrase a line, with `= how it sounds` where its letters do not tell.
 * @throws CommandFailure
 */
export async function readVocabulary(options: {
  words?: string;
  decoder?: Decoder;
}): Promise<OwnWord[] | undefined> {
  const path = options.words;
  if (path === undefined) return undefined;
  if (options.decoder === 'greedy')
    throw usageFailure('--words needs the beam; leave --decoder greedy away.');
  const lines = new TextDecoder().decode(await readSource(path)).split(/\r\n|\n|\r/);
  const words = lines.flatMap((line, place): OwnWord[] => {
    if (line.trim() === '') return [];
    const [text, soundsLike, ...more] = line.split('=').map((part) => part.trim());
    const isComplete = text !== '' && soundsLike !== '' && more.length === 0;
    const isLongEnough = soundsLike === undefined || countWords(soundsLike) >= countWords(text);
    if (isComplete && isLongEnough) return [{ text, ...(soundsLike && { soundsLike }) }];
    throw new CommandFailure(
      `"${path}", line ${place + 1}: write a word or phrase, or "phrase = how it sounds" with a sound for each of its words.`,
      exitCodes.source,
    );
  });
  const checked = vocabulary.safeParse(words);
  if (checked.success) return checked.data;
  throw new CommandFailure(
    `"${path}" has more than 5,000 lines, or one of more than 200 letters; shorten it.`,
    exitCodes.source,
  );
}

const countWords = (text: string) => text.split(/\s+/u).length;
