"""Sentences worth speaking, the corpus that they become, and a voice that sounds like another."""

import lzma
from pathlib import Path

import numpy as np
import pytest
import torch

from sewscribe_training.alphabet import encode
from sewscribe_training.corpora import RATE_HZ, Utterance, held_out, read_shard, shards
from sewscribe_training.distortion import as_another, at_tempo
from sewscribe_training.sentences import KNOWN, sentences, words_of, worth_speaking
from sewscribe_training.shards import at_rate, trimmed, write_shard


def tone(hz: float, seconds: float = 2) -> torch.Tensor:
    return torch.sin(2 * torch.pi * hz * torch.arange(int(seconds * RATE_HZ)) / RATE_HZ)


def loudest_hz(x: torch.Tensor) -> float:
    return float(torch.fft.rfft(x).abs().argmax()) / len(x) * RATE_HZ


def utterance(text: str, corpus: str = "x", speaker: str = "y") -> Utterance:
    return Utterance(0, 16000, tuple(encode(text)), corpus, speaker)


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.4])
def test_tempo_leaves_the_pitch(factor: float) -> None:
    y = at_tempo(tone(440), factor)
    assert len(y) == round(2 * RATE_HZ / factor) and abs(loudest_hz(y) - 440) < 2


@pytest.mark.parametrize(("factor", "tempo"), [(0.8, 1.0), (1.25, 1.0), (1.1, 0.85)])
def test_another_voice_is_higher_or_lower_at_its_own_tempo(factor: float, tempo: float) -> None:
    y = as_another(tone(440), factor, tempo)
    assert abs(len(y) - 2 * RATE_HZ / tempo) < 3 and abs(loudest_hz(y) - 440 * factor) < 3


@pytest.fixture
def books(tmp_path: Path) -> Path:
    lines = [
        'He said that the gudgeon was there. "The gudgeon lay beside the quiet river," said I. It cost 5 pounds in all of the shops.',
        "Nobody in the village had seen the lantern since the winter.",
        *[f"The gudgeon{' of the old mill' * (k % 3)} was seen beside the lantern again." for k in range(KNOWN + 5)],
    ]
    with lzma.open(tmp_path / "books.txt.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return tmp_path / "books.txt.xz"


def test_sentences_are_whole_and_plain(books: Path) -> None:
    found = list(sentences(books))
    assert found[0] == "He said that the gudgeon was there."
    assert not any("5" in s or '"' in s for s in found) and all(s[0].isupper() for s in found)


def test_rare_words_are_spoken_and_nothing_that_is_tried(books: Path) -> None:
    common = [utterance("THE WAS SEEN BESIDE LANTERN AGAIN OF OLD MILL IN HAD NOBODY VILLAGE SINCE WINTER")] * 5
    tried = words_of("Nobody in the village had seen")
    said = list(worth_speaking(books, common, [tried], 1))
    assert 1 <= sum("gudgeon" in s for s in said) and not any(s.startswith("Nobody") for s in said)
    assert said == list(worth_speaking(books, common, [tried], 1))


def test_a_corpus_grows_by_shards_and_none_of_it_is_held_out(tmp_path: Path) -> None:
    folder = tmp_path / "synthetic-kokoro"
    folder.mkdir()
    rng = np.random.default_rng(1)
    waves = [(rng.uniform(-1, 1, n).astype(np.float32), f"voice {k}", "Four score and seven") for k, n in enumerate([20000, 30000] * 6)]
    write_shard(folder, waves[:6])
    write_shard(folder, waves[6:])
    assert sorted(f.name for f in folder.iterdir()) == ["000.flac", "001.flac", "manifest.tsv"]
    heard = [u for shard in shards(folder) for u in read_shard(shard, 17)[1]]
    assert [u.samples for u in heard] == [len(w) for w, _, _ in waves] and len({u.speaker for u in heard}) == 12
    train, development = held_out(heard)
    assert len(train) == 12 and development == []


def test_waves_come_to_the_recogniser_rate_without_silence() -> None:
    x = (0.5 * np.sin(2 * np.pi * 440 * np.arange(24000) / 24000)).astype(np.float32)
    y = at_rate(x, 24000)
    assert len(y) == 16000 and abs(loudest_hz(torch.from_numpy(y)) - 440) < 2 and abs(float(np.abs(y[100:-100]).max()) - 0.5) < 0.02
    padded = np.concatenate([np.zeros(24000, np.float32), x, np.zeros(24000, np.float32)])
    assert abs(len(trimmed(padded, 24000)) / 24000 - 1.3) < 0.01
    assert len(trimmed(np.zeros(0, np.float32), 24000)) == 0
