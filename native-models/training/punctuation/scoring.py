"""What a model's logits are worth: F1 for each mark, the share of words in the right case."""

from pathlib import Path

import numpy as np
import torch

from batches import IGNORED, PAUSE_ENDS_MS, UNKNOWN_PAUSE, Part, Words, heard
from model import LEFT_CONTEXT, MARKS, RIGHT_CONTEXT, PunctuationModel


def logits_of(
    model: PunctuationModel, part: Part, words: Words, errors: float, with_pauses: bool, seed: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """:return: logits [words, outputs], true marks, true cases (IGNORED where there is none)"""
    random = np.random.default_rng(seed)
    found, marks, cases = [], [], []
    model.eval()
    for start in range(0, len(part.kinds), 4000):
        kinds, row_marks, row_cases, row_pauses = heard(part, words, start, 4000, errors, random)
        classes = 1 + np.searchsorted(PAUSE_ENDS_MS, row_pauses, side="right")
        if not with_pauses:
            classes[:] = UNKNOWN_PAUSE
        with torch.no_grad():
            features = torch.from_numpy(words.features[kinds].astype(np.int64))[None]
            row = model(features, torch.from_numpy(classes)[None])[0].float().numpy()
        inner = slice(LEFT_CONTEXT, -RIGHT_CONTEXT)
        found.append(row[inner])
        marks.append(row_marks[inner])
        cases.append(row_cases[inner])
    return np.concatenate(found), np.concatenate(marks), np.concatenate(cases)


def mark_scores(predicted: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """F1 of each mark, 0..1."""
    scores = {}
    for mark, sign in enumerate(MARKS):
        if mark == 0:
            continue
        right = int(((predicted == mark) & (true == mark)).sum())
        scores[sign] = 2 * right / max(1, int((predicted == mark).sum() + (true == mark).sum()))
    return scores


def tuned_offsets(logits: np.ndarray, true: np.ndarray) -> np.ndarray:
    """What to add to the marks' logits so that the F1 of all marks together is highest: one after another, twice."""
    offsets = np.zeros(len(MARKS), np.float32)
    for _ in range(2):
        for mark in range(1, len(MARKS)):
            best = (-1.0, 0.0)
            for offset in np.arange(-1, 1.6, 0.1):
                offsets[mark] = offset
                predicted = (logits[:, : len(MARKS)] + offsets).argmax(1)
                right = int(((predicted == true) & (true > 0)).sum())
                best = max(best, (2 * right / int((predicted > 0).sum() + (true > 0).sum()), float(offset)))
            offsets[mark] = best[1]
    return offsets


COMMON = (1, 2, 3)
RARE = (4, 5, 6)
# What each of the common marks may lose in F1 so that a rare one comes at all.
MOST_LOST = 0.002


def raised_rare_marks(logits: np.ndarray, true: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """
    More for the rare marks `! : ;`, which hardly count among all marks together: as much as makes the F1 of each
    highest, as long as none of `, . ?` loses much by it.
    """
    marks = logits[:, : len(MARKS)]
    raised = offsets.copy()
    before = mark_scores((marks + offsets).argmax(1), true)
    for mark in RARE * 2:
        best = (-1.0, 0.0)
        for more in np.arange(0, 4.1, 0.1):
            raised[mark] = offsets[mark] + more
            scores = mark_scores((marks + raised).argmax(1), true)
            if all(scores[MARKS[common]] >= before[MARKS[common]] - MOST_LOST for common in COMMON):
                best = max(best, (scores[MARKS[mark]], -more))
        raised[mark] = offsets[mark] - best[1]
    return raised


def tuned_capitals(logits: np.ndarray, cases: np.ndarray) -> float:
    """What to add to the logit of a capital so that the F1 of words with capitals is highest."""
    counted = cases != IGNORED
    small, capital, _ = logits[counted, len(MARKS) :].T
    true = cases[counted] > 0

    def score(offset: float) -> float:
        found = capital + offset > small
        return 2 * (found & true).sum() / max(1, found.sum() + true.sum())

    return float(max(np.arange(-1, 2.1, 0.1), key=score))


def summary(logits: np.ndarray, marks: np.ndarray, cases: np.ndarray, offsets: np.ndarray | float = 0) -> str:
    predicted = (logits[:, : len(MARKS)] + offsets).argmax(1)
    counted = cases != IGNORED
    right = (logits[counted, len(MARKS) :].argmax(1) == cases[counted]).mean()
    names = cases[counted] > 0
    hit = (logits[counted, len(MARKS) :].argmax(1) > 0) & names
    name_f1 = 2 * hit.sum() / max(1, names.sum() + (logits[counted, len(MARKS) :].argmax(1) > 0).sum())
    scores = "  ".join(f"{sign} {score:.3f}" for sign, score in mark_scores(predicted, marks).items())
    return f"{scores}  case {right:.4f} (capitals F1 {name_f1:.3f})"
