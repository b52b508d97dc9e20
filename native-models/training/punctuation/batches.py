"""Crops of the text as a recogniser would hear them: with pauses, and with words heard wrong, left out or put in."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

NO_CASE = 3
IGNORED = -100
# A mark that is stronger than another takes its place when the word between them is lost: the order of MARKS.
STRENGTH = np.array([0, 1, 5, 6, 6, 3, 4])
STOPS = np.array([2, 3, 4])
PAUSE_ENDS_MS = np.array([40, 80, 160, 280, 450, 700, 1100, 2000])
UNKNOWN_PAUSE = 0

# Behind each mark: how often a reader makes no pause at all, and the median of the pauses that are made, in ms.
NO_PAUSE = np.array([0.92, 0.25, 0.08, 0.08, 0.10, 0.20, 0.15])
MEDIAN_MS = np.array([200.0, 270.0, 600.0, 600.0, 550.0, 400.0, 420.0])
PARAGRAPH_MEDIAN_MS = 1000.0
HESITATION_MEDIAN_MS = 500.0


@dataclass
class Part:
    """A part of the text: kinds of words, marks, cases, paragraph ends, and where sentences begin."""

    kinds: np.ndarray
    marks: np.ndarray
    cases: np.ndarray
    paragraph_ends: np.ndarray
    starts: np.ndarray

    @staticmethod
    def read(folder: Path, name: str) -> "Part":
        labels = np.fromfile(folder / f"{name}.u8", np.uint8)
        marks = (labels & 7).astype(np.int64)
        stops = np.flatnonzero(np.isin(marks, STOPS)) + 1
        return Part(
            kinds=np.fromfile(folder / f"{name}.i32", np.int32),
            marks=marks.astype(np.int8),
            cases=((labels >> 3) & 3).astype(np.int8),
            paragraph_ends=(labels & 32) > 0,
            starts=np.concatenate([[0], stops[stops < len(labels)]]),
        )


class Words:
    """All kinds of words: their features, and which ones one may be mistaken for."""

    def __init__(self, folder: Path, vocabulary: list[str]) -> None:
        self.features = np.fromfile(folder / "words.i32", np.int32).reshape(-1, 3)
        counts = np.fromfile(folder / "counts.i32", np.int32)
        by_id = np.zeros(len(vocabulary) + 2, np.int64)
        known = np.flatnonzero(self.features[:, 0] > 1)
        by_id[self.features[known, 0]] = known
        # Words with the same beginning stand together.
        self.alphabetical = by_id[2 + np.argsort(vocabulary)]
        self.place = np.full(len(counts), -1)
        self.place[self.alphabetical] = np.arange(len(vocabulary))
        self.common = np.repeat(by_id[2:], np.maximum(1, counts[by_id[2:]] // 100))

    def mistaken(self, kinds: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Half of them for one that begins alike, half for any."""
        anything = self.common[random.integers(0, len(self.common), len(kinds))]
        shift = random.integers(-25, 26, len(kinds))
        alike = self.alphabetical[np.clip(self.place[kinds] + shift, 0, len(self.alphabetical) - 1)]
        return np.where((self.place[kinds] >= 0) & (random.random(len(kinds)) < 0.5), alike, anything)


def pauses_ms(marks: np.ndarray, paragraph_ends: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Pauses behind words as one speaker may make them: everyone has a pace, a care for marks, and hesitates."""
    pace = np.exp(random.normal(0, 0.35))
    carelessness = random.beta(1, 3) * 0.7
    hesitation = random.beta(1, 3) * 0.08
    count = len(marks)
    medians = np.where(paragraph_ends, PARAGRAPH_MEDIAN_MS, MEDIAN_MS[marks])
    none = NO_PAUSE[marks] + (1 - NO_PAUSE[marks]) * carelessness
    made = medians * pace * np.exp(random.normal(0, 0.55, count))
    pauses = np.where(random.random(count) < none, 120 * random.random(count) ** 3, made)
    hesitated = HESITATION_MEDIAN_MS * np.exp(random.normal(0, 0.6, count))
    return np.where(random.random(count) < hesitation, np.maximum(pauses, hesitated), pauses)


def heard(
    part: Part, words: Words, start: int, length: int, errors: float, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """
    :param errors: the share of words that are heard wrong
    :return: kinds, marks, cases (IGNORED where nothing is to be learned), pauses in ms; at most `length` of each
    """
    end = min(len(part.kinds), start + int(length * 1.1))
    kinds = part.kinds[start:end].astype(np.int64)
    marks = part.marks[start:end].astype(np.int64)
    cases = part.cases[start:end].astype(np.int64)
    pauses = pauses_ms(marks, part.paragraph_ends[start:end], random)
    cases[cases == NO_CASE] = IGNORED
    if errors > 0:
        fate = random.random(len(kinds))
        wrong = fate < 0.6 * errors
        lost = (fate >= 0.6 * errors) & (fate < 0.85 * errors)
        added = (fate >= 0.85 * errors) & (fate < errors)
        kinds[wrong] = words.mistaken(kinds[wrong], random)
        cases[wrong & (cases > 0)] = IGNORED
        lost[0] = False
        for at in np.flatnonzero(lost):
            if STRENGTH[marks[at]] > STRENGTH[marks[at - 1]]:
                marks[at - 1] = marks[at]
            pauses[at - 1] = max(pauses[at - 1], pauses[at])
        repeats = np.where(lost, 0, np.where(added, 2, 1))
        place = np.repeat(np.arange(len(kinds)), repeats)
        # Of a doubled word the first is the one that was put in.
        is_extra = np.concatenate([place[1:] == place[:-1], [False]])
        kinds, marks, cases, pauses = kinds[place], marks[place], cases[place], pauses[place]
        kinds[is_extra] = words.mistaken(kinds[is_extra], random)
        marks[is_extra] = 0
        cases[is_extra] = IGNORED
        pauses[is_extra] = 120 * random.random(int(is_extra.sum())) ** 3
    return kinds[:length], marks[:length], cases[:length], pauses[:length]


class Batches:
    """Random rows of a part for training."""

    def __init__(self, part: Part, words: Words, rows: int, length: int, right_context: int, seed: int) -> None:
        self.part, self.words, self.rows, self.length = part, words, rows, length
        self.right_context = right_context
        self.random = np.random.default_rng(seed)

    def next(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """features [rows, length, 3], pause classes, marks and cases [rows, length]"""
        shape = (self.rows, self.length)
        features = np.zeros((*shape, 3), np.int64)
        pauses = np.zeros(shape, np.int64)
        marks = np.full(shape, IGNORED)
        cases = np.full(shape, IGNORED)
        random = self.random
        for row in range(self.rows):
            start = int(self.part.starts[random.integers(len(self.part.starts))])
            errors = 0.0 if random.random() < 0.4 else random.uniform(0, 0.25)
            length = self.length
            kinds, row_marks, row_cases, row_pauses = heard(self.part, self.words, start, length, errors, random)
            stops = np.flatnonzero(np.isin(row_marks, STOPS))
            # Some texts end here, and where they do their last words are to be learned too.
            ends_here = len(stops) > 0 and random.random() < 0.3
            count = int(stops[-1 if random.random() < 0.7 else random.integers(len(stops))]) + 1 if ends_here else len(kinds)
            learned = count if ends_here else count - self.right_context
            classes = 1 + np.searchsorted(PAUSE_ENDS_MS, row_pauses[:count], side="right")
            classes[-1] = UNKNOWN_PAUSE
            if random.random() < 0.15:
                classes[:] = UNKNOWN_PAUSE
            features[row, :count] = self.words.features[kinds[:count]]
            pauses[row, :count] = classes
            marks[row, :learned] = row_marks[:learned]
            cases[row, :learned] = row_cases[:learned]
        return features, pauses, marks, cases
