"""Sentences from books that are worth speaking: with words the recogniser has hardly heard, and never what it is tried on."""

import lzma
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from .alphabet import decode, encode
from .corpora import Utterance

SHORTEST, LONGEST = 30, 190
"""Characters of a sentence."""
RARE, KNOWN = 3, 20
"""A word is rare that was heard less often, and real that the books have more often."""
ORDINARY_SHARE = 0.2
"""Of the sentences without a rare word, how many are taken all the same."""
RUN = 5
"""Words in a row that no sentence may share with a text that the recogniser is tried on."""

_ends = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(]*[A-Z])")
_plain = re.compile(r"[A-Za-z ,.;:'!?-]+")


def sentences(books: Path) -> Iterator[str]:
    """The plain sentences of a file with a paragraph a line (.xz), in its order."""
    with lzma.open(books, "rt", encoding="utf-8") as lines:
        for line in lines:
            for found in _ends.split(line.strip().replace("\u2019", "'").replace("--", ", ")):
                sentence = found.strip("\"' ")
                if SHORTEST <= len(sentence) <= LONGEST and _plain.fullmatch(sentence) and sentence[0].isupper():
                    yield sentence


def words_of(text: str) -> list[str]:
    """The words as the recogniser writes them."""
    return words_from(encode(text))


def words_from(ids: Iterable[int]) -> list[str]:
    """The words that a text's ids spell."""
    return decode(list(ids)).split()


def runs(words: list[str]) -> set[tuple[str, ...]]:
    """All runs of RUN words."""
    return {tuple(words[k : k + RUN]) for k in range(len(words) - RUN + 1)}


def worth_speaking(books: Path, heard: list[Utterance], never: Iterable[list[str]], seed: int) -> Iterator[str]:
    """Sentences in random order, each with a word that was heard less than RARE times so far, and some ordinary ones.

    What is yielded counts as heard. No sentence shares RUN words in a row with a text of ``never``.
    """
    pool = list(sentences(books))
    frequency = Counter(word for sentence in pool for word in words_of(sentence))
    count = Counter(word for u in heard for word in words_from(u.ids))
    forbidden = set[tuple[str, ...]]().union(*(runs(words) for words in never))
    rng = random.Random(seed)
    rng.shuffle(pool)
    for sentence in pool:
        words = words_of(sentence)
        is_rare = any(count[w] < RARE and frequency[w] > KNOWN for w in words)
        if not is_rare and rng.random() > ORDINARY_SHARE:
            continue
        if runs(words) & forbidden:
            continue
        count.update(words)
        yield sentence
