import type { TextCase } from '../contract.ts';
import type { RecognisedWord } from '../recognition/types.ts';

/**
 * Writes a word of a person's vocabulary as they do, with the marks that it has by now: `kubernetes,` as
 * `Kubernetes,`. What was heard stays in `spoken` where it has other letters.
 */
export function ownWriting(word: RecognisedWord, textCase: TextCase): RecognisedWord {
  if (word.written === undefined) return word;
  const { written: asGiven, ...rest } = word;
  const written = textCase === 'lower' ? asGiven.toLowerCase() : asGiven;
  const [, before, core, behind] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su.exec(word.text)!;
  const startsSentence =
    textCase === 'sentence' && written === written.toLowerCase() && /^\p{Lu}\P{Lu}*$/u.test(core);
  const text = startsSentence ? written[0].toUpperCase() + written.slice(1) : written;
  const isRespelled = core.toLowerCase() !== written.toLowerCase();
  return { ...rest, text: before + text + behind, ...(isRespelled && { spoken: core.toLowerCase() }) };
}
