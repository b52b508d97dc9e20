"""The letters that the recogniser writes: their ids, texts as ids, and greedy decoding."""

import unicodedata

from torch import Tensor

SYMBOLS = "<pad> <s> </s> <unk> | E T A O N I H S R D L U M W C F G Y P B V K ' X J Q Z".split()
"""The published checkpoints' vocabulary; <pad> is CTC's blank, | the gap between words."""

IDS = {symbol: i for i, symbol in enumerate(SYMBOLS)}
FIRST_WRITTEN = IDS["|"]


def encode(text: str) -> list[int]:
    """A transcript as ids of upper-case letters; empty where it has digits, as nobody knows how they were spoken."""
    text = unicodedata.normalize("NFKD", text.upper().replace("\u2019", "'"))
    if any(c.isdigit() for c in text):
        return []
    text = "".join(" " if c in "-\u2010\u2013\u2014/" else c for c in text)
    letters = "".join(c for c in text if c == " " or (c in IDS and c != "|"))
    return [IDS["|"] if c == " " else IDS[c] for c in " ".join(letters.split())]


def decode(ids: list[int]) -> str:
    """Ids without repeats or blanks as text; what is no letter is left out."""
    return " ".join("".join(" " if i == IDS["|"] else SYMBOLS[i] for i in ids if i >= FIRST_WRITTEN).split())


def greedy(logits: Tensor) -> str:
    """CTC's best path through [frames, vocabulary]: repeats once, blanks dropped."""
    best = logits.argmax(-1).tolist()
    return decode([i for i, before in zip(best, [None, *best]) if i != before])
