"""Texts, corpora, the split, batches, distortions, masks."""

import random
from pathlib import Path

import pytest
import torch

from sewscribe_training.alphabet import IDS, decode, encode, greedy
from sewscribe_training.batches import batches, distorted
from sewscribe_training.corpora import Utterance, held_out, hours, load
from sewscribe_training.distortion import coarse, distort, fast_length, through_line, without_band
from sewscribe_training.masking import spec_augment
from sewscribe_training.scoring import distance


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Don't stop", "DON'T STOP"),
        ("don\u2019t well-known", "DON'T WELL KNOWN"),
        ("  a \u2014 b  ", "A B"),
        ("caf\u00e9, naive!", "CAFE NAIVE"),
        ("room 101", ""),
        ("a|b", "AB"),
        ("", ""),
    ],
)
def test_texts(text: str, letters: str) -> None:
    assert decode(encode(text)) == letters


def test_greedy_drops_repeats_and_blanks() -> None:
    path = ["<pad>", "L", "L", "<pad>", "L", "|", "|", "A", "<s>", "<pad>"]
    logits = torch.nn.functional.one_hot(torch.tensor([IDS[s] for s in path]), 32).float()
    assert greedy(logits) == "LL A"


@pytest.mark.parametrize(("a", "b", "d"), [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)])
def test_distance(a: str, b: str, d: int) -> None:
    assert distance(a, b) == distance(b, a) == d


def test_prepared_corpus(prepared: Path) -> None:
    audio, utterances = load(prepared)
    assert len(utterances) == 80 and audio.dtype == torch.int16
    last = utterances[-1]
    assert last.start + last.samples == len(audio)
    assert hours(utterances)["tones"] == pytest.approx(len(audio) / 16000 / 3600)
    train, development = held_out(utterances)
    assert {u.speaker for u in development} == {"s00", "s10"}
    assert not {u.speaker for u in train} & {u.speaker for u in development}


def test_librispeech_folders_share_one_split() -> None:
    def u(corpus: str, speaker: str) -> Utterance:
        return Utterance(0, 16000, (5,), corpus, speaker)

    names = [str(100 + i) for i in range(28)]
    many = [u("librispeech-train-clean-5", n) for n in names] + [u("librispeech-train-clean-251", str(100 + i)) for i in range(60)]
    train, development = held_out(many)
    away = {"100", "110", "120"}
    assert {x.speaker for x in development} == away
    assert not {x.speaker for x in train} & away
    assert sum(x.corpus == "librispeech-train-clean-251" for x in train) == 57


def test_batches_hold_everything_once(prepared: Path) -> None:
    _, utterances = load(prepared)
    made = list(batches(utterances, 8, random.Random(3)))
    assert sorted(u.start for b in made for u in b) == sorted(u.start for u in utterances)
    assert made == list(batches(utterances, 8, random.Random(3))) != list(batches(utterances, 8, random.Random(4)))


@pytest.mark.parametrize("n", [1, 15, 16, 17, 1000, 160001])
def test_fast_length(n: int) -> None:
    m = fast_length(n)
    assert n <= m <= n * 1.15 + 1
    assert m // (m & -m) <= 16


def test_distortions_keep_speech_finite_and_repeat() -> None:
    x = torch.sin(torch.arange(16000) * 0.3) * 0.1
    for seed in range(60):
        torch.manual_seed(seed)
        y = distort(x, torch.randn(9000), random.Random(seed))
        torch.manual_seed(seed)
        assert torch.isfinite(y).all() and 0.83 < len(y) / len(x) < 1.19
        assert torch.equal(y, distort(x, torch.randn(9000), random.Random(seed)))


def test_line_and_coarse_samples() -> None:
    time = torch.arange(16000) / 16000
    low, high = torch.sin(2 * torch.pi * 500 * time), torch.sin(2 * torch.pi * 6000 * time)
    assert (through_line(low + high, 0, 4000) - low).std() < 0.02
    assert (without_band(low + high, 0.7, 0.25) - low).std() < 0.02  # 3.3 to 7.2 kHz
    error = coarse(low) - low
    assert 0 < error.abs().max() < 0.03


def test_batches_are_normalised(prepared: Path) -> None:
    audio, utterances = load(prepared)
    waves, lengths = distorted(audio, utterances[:4], utterances, "cpu", random.Random(0))
    for row, n in zip(waves, lengths.tolist(), strict=True):
        assert abs(row[:n].mean()) < 1e-3 and abs(row[:n].std() - 1) < 1e-2 and not row[n:].any()


def test_masks_stay_inside() -> None:
    counts = torch.tensor([10, 100, 500])
    masks = spec_augment(counts, 48, random.Random(0))
    assert masks.time.shape == (3, 500) and masks.channel.shape == (3, 48)
    assert masks.time[1].any() and masks.time[2].sum() > masks.time[1].sum()
    assert not masks.time[1, 100:].any() and 1 <= masks.channel.sum(1).max() <= 8
