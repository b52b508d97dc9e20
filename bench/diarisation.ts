import type { Turn } from './speakerMixtures.ts';

/** A word or turn with its speaker; null where that is left open. */
export type Said = { startMs: number; endMs: number; speaker: string | null };

export type DiarisationScore = {
  /** Scored speech, and how much of it nobody was found for, or somebody else; and speech found in silence. */
  speechMs: number;
  missedMs: number;
  confusedMs: number;
  falseMs: number;
  /** Words whose middle lies in a turn. */
  words: number;
  rightWords: number;
  openWords: number;
  speakers: number;
  foundSpeakers: number;
};

const stepMs = 10;
/** A pause that a turn goes on over. */
const innerPauseMs = 1500;

/**
 * The usual error of diarisation: found speakers stand for the true ones that make most of it right, and `collarMs`
 * on either side of each true change does not count.
 * @param words what was found, in order of time
 */
export function scoreDiarisation(
  turns: readonly Turn[],
  words: readonly Said[],
  collarMs = 250,
): DiarisationScore {
  const found = turnsOf(words);
  const lastMs = Math.max(turns.at(-1)?.endMs ?? 0, found.at(-1)?.endMs ?? 0);
  const trueAt = new Array<string | null>(Math.ceil(lastMs / stepMs)).fill(null);
  const foundAt = [...trueAt];
  const isScored = new Array<boolean>(trueAt.length).fill(true);
  const fill = <T>(list: T[], fromMs: number, toMs: number, value: T) =>
    list.fill(value, Math.max(0, Math.round(fromMs / stepMs)), Math.max(0, Math.round(toMs / stepMs)));
  for (const { speaker, startMs, endMs } of turns) {
    fill(trueAt, startMs, endMs, speaker);
    for (const edge of [startMs, endMs]) fill(isScored, edge - collarMs, edge + collarMs, false);
  }
  for (const { speaker, startMs, endMs } of found) fill(foundAt, startMs, endMs, speaker);
  const stands = bestMatch(trueAt, foundAt);
  const score: DiarisationScore = {
    speechMs: 0,
    missedMs: 0,
    confusedMs: 0,
    falseMs: 0,
    words: 0,
    rightWords: 0,
    openWords: 0,
    speakers: new Set(turns.map(({ speaker }) => speaker)).size,
    foundSpeakers: new Set(words.flatMap(({ speaker }) => speaker ?? [])).size,
  };
  trueAt.forEach((speaker, place) => {
    if (!isScored[place]) return;
    const heard = foundAt[place];
    if (speaker === null) score.falseMs += heard === null ? 0 : stepMs;
    else {
      score.speechMs += stepMs;
      if (heard === null) score.missedMs += stepMs;
      else if (stands.get(heard) !== speaker) score.confusedMs += stepMs;
    }
  });
  for (const { startMs, endMs, speaker } of words) {
    const middleMs = (startMs + endMs) / 2;
    const turn = turns.find((each) => each.startMs <= middleMs && middleMs < each.endMs);
    if (!turn) continue;
    score.words += 1;
    if (speaker === null) score.openWords += 1;
    else if (stands.get(speaker) === turn.speaker) score.rightWords += 1;
  }
  return score;
}

/** A speaker's words behind each other as one turn. */
function turnsOf(words: readonly Said[]): Said[] {
  const turns: Said[] = [];
  for (const { startMs, endMs, speaker } of words) {
    const last = turns.at(-1);
    if (last && last.speaker === speaker && startMs - last.endMs <= innerPauseMs) last.endMs = endMs;
    else turns.push({ startMs, endMs, speaker });
  }
  return turns;
}

/** Which true speaker each found one stands for: one each, by the longest common time first. */
function bestMatch(trueAt: readonly (string | null)[], foundAt: readonly (string | null)[]) {
  const common = new Map<string, number>();
  trueAt.forEach((speaker, place) => {
    const heard = foundAt[place];
    if (speaker === null || heard === null) return;
    const pair = `${heard}\t${speaker}`;
    common.set(pair, (common.get(pair) ?? 0) + 1);
  });
  const stands = new Map<string, string>();
  const taken = new Set<string>();
  for (const [pair] of [...common].sort((a, b) => b[1] - a[1])) {
    const [heard, speaker] = pair.split('\t');
    if (stands.has(heard) || taken.has(speaker)) continue;
    stands.set(heard, speaker);
    taken.add(speaker);
  }
  return stands;
}
