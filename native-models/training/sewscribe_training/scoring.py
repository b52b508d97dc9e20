"""Word and letter error rates of greedy decoding."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile
import torch
from torch import Tensor

from .alphabet import decode, encode, greedy
from .batches import clean, normalised
from .corpora import RATE_HZ, Utterance
from .model import Recogniser


def distance(a: Sequence[object], b: Sequence[object]) -> int:
    """Insertions, deletions and substitutions between two sequences (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


@dataclass
class Tally:
    """Errors and lengths of a corpus."""

    word_errors: int = 0
    words: int = 0
    letter_errors: int = 0
    letters: int = 0
    utterances: int = 0

    def add(self, said: str, heard: str) -> None:
        self.word_errors += distance(said.split(), heard.split())
        self.words += len(said.split())
        self.letter_errors += distance(said, heard)
        self.letters += len(said)
        self.utterances += 1

    @property
    def percent(self) -> tuple[float, float]:
        """Word and letter error rate."""
        return round(100 * self.word_errors / max(1, self.words), 1), round(100 * self.letter_errors / max(1, self.letters), 1)


def choose(development: list[Utterance], of_each: int) -> list[Utterance]:
    """The same random ``of_each`` utterances of each corpus every time."""
    order = sorted(development, key=lambda u: u.start)
    random.Random(0).shuffle(order)
    corpora = sorted({u.corpus for u in order})
    return [u for corpus in corpora for u in [v for v in order if v.corpus == corpus][:of_each]]


@torch.no_grad()
def hear(model: Recogniser, wave: Tensor) -> str:
    """What the model writes of one normalised waveform [1, samples]."""
    return greedy(model(wave).logits[0].float())


def evaluate(model: Recogniser, audio: Tensor, development: list[Utterance], device: str) -> dict[str, Tally]:
    """Per corpus; each utterance alone, as the app hears it."""
    was_training = model.training
    model.eval()
    tallies: dict[str, Tally] = {}
    for u in development:
        wave, _ = clean(audio, [u], device)
        tallies.setdefault(u.corpus, Tally()).add(decode(list(u.ids)), hear(model, wave))
    model.train(was_training)
    return tallies


def evaluate_files(model: Recogniser, folder: Path, device: str) -> tuple[Tally, list[tuple[str, str, str]]]:
    """All WAV files of a folder with a text file of the same name beside each; also (name, said, heard) of each."""
    model.eval()
    tally, lines = Tally(), []
    for file in sorted(folder.glob("*.wav")):
        samples, rate = soundfile.read(file, dtype="float32")
        if rate != RATE_HZ or samples.ndim != 1:
            raise ValueError(f"{file} is not 16 kHz mono: convert it first.")
        said = decode(encode(file.with_suffix(".txt").read_text(encoding="utf-8")))
        heard = hear(model, normalised(torch.from_numpy(samples).to(device))[None])
        tally.add(said, heard)
        lines.append((file.stem, said, heard))
    return tally, lines
