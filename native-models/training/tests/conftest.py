"""A small made-up corpus: each letter is a tone, so that a tiny model can learn to read it."""

import csv
import random
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from sewscribe_training.corpora import RATE_HZ, prepare

WORDS = ["ONE", "TWO", "SIX", "TEN", "ELEVEN"]


def spoken(text: str, rng: np.random.Generator) -> np.ndarray:
    """Letters as tones of 80 ms, gaps as silence."""
    time = np.arange(RATE_HZ * 8 // 100) / RATE_HZ
    tones = [np.zeros_like(time) if c == " " else np.sin(2 * np.pi * (300 + 90 * (ord(c) - 64)) * time) for c in text]
    sound = np.concatenate([np.zeros(1600), *tones, np.zeros(1600)])
    return (sound * 8000 + rng.normal(0, 40, len(sound))).astype(np.int16)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus folder with 20 speakers of 4 utterances."""
    folder = tmp_path_factory.mktemp("speech") / "tones"
    folder.mkdir()
    choose, noise = random.Random(1), np.random.default_rng(1)
    parts, rows, at = [], [], 0
    for speaker in range(20):
        for _ in range(4):
            text = " ".join(choose.choices(WORDS, k=3))
            samples = spoken(text, noise)
            rows.append({"file": "00.flac", "start_sample": at, "samples": len(samples), "speaker": f"s{speaker:02}", "text": text})
            parts.append(samples)
            at += len(samples)
    soundfile.write(folder / "00.flac", np.concatenate(parts), RATE_HZ)
    with (folder / "manifest.tsv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="session")
def prepared(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus as one file of samples."""
    out = tmp_path_factory.mktemp("prepared")
    prepare([corpus], out)
    return out
