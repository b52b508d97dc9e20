"""Crops of prose as they are heard, and what the punctuation model looks at."""

import numpy as np
import pytest
import torch
from batches import IGNORED, NO_CASE, Batches, Part, Words, heard
from model import CASES, LEFT_CONTEXT, MARKS, RIGHT_CONTEXT, PunctuationModel
from scoring import MOST_LOST, mark_scores, raised_rare_marks, tuned_offsets

VOCABULARY = [f"word{letter}" for letter in "abcdefghij"]


@pytest.fixture
def words(tmp_path) -> Words:
    kinds = len(VOCABULARY)
    features = np.stack([np.arange(2, kinds + 2), np.ones(kinds), np.ones(kinds)], 1)
    features.astype(np.int32).tofile(tmp_path / "words.i32")
    np.full(kinds, 1000, np.int32).tofile(tmp_path / "counts.i32")
    return Words(tmp_path, VOCABULARY)


@pytest.fixture
def part() -> Part:
    """Sentences of five words: no mark, a comma, none, none, a full stop."""
    marks = np.tile([0, 1, 0, 0, 2], 200).astype(np.int8)
    cases = np.tile([NO_CASE, 0, 1, 0, 0], 200).astype(np.int8)
    kinds = (np.arange(1000) % len(VOCABULARY)).astype(np.int32)
    return Part(kinds, marks, cases, np.zeros(1000, bool), np.arange(0, 1000, 5))


def test_without_errors_the_text_is_as_it_was(part: Part, words: Words) -> None:
    kinds, marks, cases, pauses = heard(part, words, 5, 100, 0, np.random.default_rng(1))
    assert (kinds == part.kinds[5:105]).all() and (marks == part.marks[5:105]).all()
    assert (cases[::5] == IGNORED).all() and (cases[2::5] == 1).all()
    assert len(pauses) == 100 and (pauses >= 0).all()


def test_a_lost_word_leaves_its_mark_and_pause_to_the_one_before(part: Part, words: Words) -> None:
    kinds, marks, cases, pauses = heard(part, words, 0, 800, 0.3, np.random.default_rng(1))
    assert len(kinds) == len(marks) == len(cases) == len(pauses) == 800
    # As many words go as come, or nearly, and no sentence loses its end but where several words in a row are lost.
    assert (marks == 2).sum() == pytest.approx(160, abs=16)


def test_pauses_are_longer_behind_stronger_marks(part: Part, words: Words) -> None:
    rows = [heard(part, words, 0, 500, 0, np.random.default_rng(seed)) for seed in range(20)]
    marks, pauses = (np.concatenate([row[place] for row in rows]) for place in (1, 3))
    none, comma, stop = (pauses[marks == mark].mean() for mark in (0, 1, 2))
    assert none < comma < stop


def test_batches_learn_only_what_has_its_right_context_or_ends(part: Part, words: Words) -> None:
    features, pauses, marks, _ = Batches(part, words, 16, 64, RIGHT_CONTEXT, 1).next()
    assert features.shape == (16, 64, 3) and pauses.shape == (16, 64)
    for row in range(16):
        length = int((features[row, :, 0] > 0).sum())
        learned = int((marks[row] != IGNORED).sum())
        assert learned == length - RIGHT_CONTEXT or (learned == length and marks[row, length - 1] in (2, 3, 4))
        assert pauses[row, length - 1] == 0


def test_a_word_depends_on_its_context_and_on_nothing_further() -> None:
    torch.manual_seed(1)
    model = PunctuationModel(len(VOCABULARY)).eval()
    text = torch.randint(2, 10, (1, 120, 3))
    pauses = torch.randint(0, 10, (1, 120))
    place = 60
    with torch.no_grad():
        whole = model(text, pauses)
        assert whole.shape == (1, 120, len(MARKS) + len(CASES))
        first, last = place - LEFT_CONTEXT, place + RIGHT_CONTEXT + 1
        part = model(text[:, first:last], pauses[:, first:last])
        assert torch.allclose(part[0, LEFT_CONTEXT], whole[0, place], atol=1e-5)
        nearer = model(text[:, first + 1 : last], pauses[:, first + 1 : last])
        assert not torch.allclose(nearer[0, LEFT_CONTEXT - 1], whole[0, place], atol=1e-5)


def test_padding_behind_a_row_is_as_its_end() -> None:
    torch.manual_seed(1)
    model = PunctuationModel(len(VOCABULARY)).eval()
    text = torch.randint(2, 10, (1, 30, 3))
    pauses = torch.randint(0, 10, (1, 30))
    with torch.no_grad():
        longer_text = torch.cat([text, torch.zeros(1, 20, 3, dtype=torch.long)], 1)
        longer_pauses = torch.cat([pauses, torch.zeros(1, 20, dtype=torch.long)], 1)
        padded = model(longer_text, longer_pauses)
        assert torch.allclose(padded[:, :30], model(text, pauses), atol=1e-5)


def test_offsets_make_a_rare_mark_count() -> None:
    random = np.random.default_rng(1)
    true = (random.random(4000) < 0.1).astype(int)
    logits = random.normal(0, 1, (4000, len(MARKS) + len(CASES)))
    logits[:, 2:] -= 10
    logits[:, 0] += 3
    logits[:, 1] += 2 * true
    before = mark_scores(logits[:, : len(MARKS)].argmax(1), true)[","]
    after = mark_scores((logits[:, : len(MARKS)] + tuned_offsets(logits, true)).argmax(1), true)[","]
    assert after > before + 0.1


def test_rare_marks_come_where_the_common_ones_hardly_lose_by_it() -> None:
    random = np.random.default_rng(3)
    true = random.choice(len(MARKS), 20_000, p=[0.85, 0.07, 0.05, 0.01, 0.01, 0.002, 0.008])
    logits = random.normal(0, 1, (len(true), len(MARKS)))
    logits[np.arange(len(true)), true] += 2
    logits[:, 0] += 2
    logits[:, 4] -= 1.5
    nothing = np.zeros(len(MARKS))
    raised = raised_rare_marks(logits, true, nothing)
    before, after = (mark_scores((logits + offsets).argmax(1), true) for offsets in (nothing, raised))
    assert raised[:4].tolist() == [0, 0, 0, 0]
    assert raised[4] > 0 and after["!"] > before["!"]
    assert all(after[mark] >= before[mark] - MOST_LOST for mark in ",.?")
