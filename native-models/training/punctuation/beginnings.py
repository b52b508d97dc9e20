"""Word vectors to begin with, counted instead of learned: which marks and which common words stand beside a word."""

import numpy as np

from batches import NO_CASE, Part, Words
from model import CASES, MARKS

COMMON = 600
SMOOTHING = 1.0


def word_vectors(part: Part, words: Words, vocabulary: int, size: int) -> np.ndarray:
    """
    :param vocabulary: rows of the table
    :return: [vocabulary, size] of mean 0 and deviation 1 in each column
    """
    ids = words.features[part.kinds, 0].astype(np.int64)
    marks = part.marks.astype(np.int64)
    known = part.cases != NO_CASE
    habits = [
        log_odds(pair_counts(ids, marks, vocabulary, len(MARKS))),
        log_odds(pair_counts(ids[1:], marks[:-1], vocabulary, len(MARKS))),
        log_odds(pair_counts(ids[known], part.cases[known].astype(np.int64), vocabulary, len(CASES))),
    ]
    common = np.minimum(ids, COMMON)
    neighbours = [
        log_odds(pair_counts(ids[:-1], common[1:], vocabulary, COMMON + 1)),
        log_odds(pair_counts(ids[1:], common[:-1], vocabulary, COMMON + 1)),
    ]
    counted = np.concatenate(habits, 1)
    company = np.concatenate(neighbours, 1)
    # The directions in which words differ most in the company that they keep.
    values, directions = np.linalg.eigh(company.T @ company)
    strongest = directions[:, np.argsort(values)[::-1][: size - counted.shape[1]]]
    vectors = np.concatenate([counted, company @ strongest], 1)
    return (vectors - vectors.mean(0)) / (vectors.std(0) + 1e-6)


def pair_counts(first: np.ndarray, second: np.ndarray, rows: int, columns: int) -> np.ndarray:
    return np.bincount(first * columns + second, minlength=rows * columns).reshape(rows, columns).astype(np.float32)


def log_odds(counts: np.ndarray) -> np.ndarray:
    """How much likelier a column is beside a row's word than beside any, as a logarithm; 0 for what was never met."""
    usual = counts.sum(0) / counts.sum()
    likely = (counts + SMOOTHING * usual) / (counts.sum(1, keepdims=True) + SMOOTHING)
    return np.log(likely / np.maximum(usual, 1e-9) + 0.05) - np.log(1.05)
