"""Batches of utterances of like length, and their waveforms as the model hears them."""

import random
from collections.abc import Iterator

import torch
from torch import Tensor

from .corpora import RATE_HZ, Utterance
from .distortion import distort


def batches(utterances: list[Utterance], seconds: float, rng: random.Random, among: int = 400) -> Iterator[list[Utterance]]:
    """One pass over all utterances in random order, in batches of about ``seconds`` with like lengths in each, chosen ``among`` so many."""
    order = utterances[:]
    rng.shuffle(order)
    made = []
    for at in range(0, len(order), among):
        batch: list[Utterance] = []
        for u in sorted(order[at : at + among], key=lambda u: u.samples):
            batch.append(u)
            if len(batch) * u.seconds > seconds:
                made.append(batch)
                batch = []
        if batch:
            made.append(batch)
    rng.shuffle(made)
    yield from made


def normalised(x: Tensor) -> Tensor:
    """Mean 0 and variance 1, as preprocessor_config.json's do_normalize says."""
    return (x - x.mean()) / (x.var(unbiased=False) + 1e-7).sqrt()


def samples_of(audio: Tensor, u: Utterance) -> Tensor:
    """The utterance's samples, float32, -1 to 1."""
    return audio[u.start : u.start + u.samples].float() / 32768


def pad(waves: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Waveforms [batch, samples], zeros at their ends, and their lengths [batch]."""
    lengths = torch.tensor([len(x) for x in waves], device=waves[0].device)
    return torch.nn.utils.rnn.pad_sequence(waves, batch_first=True), lengths


def clean(audio: Tensor, batch: list[Utterance], device: str) -> tuple[Tensor, Tensor]:
    """Normalised waveforms [batch, samples] and their lengths, as recorded."""
    return pad([normalised(samples_of(audio, u).to(device)) for u in batch])


def distorted(
    audio: Tensor, batch: list[Utterance], others: list[Utterance], device: str, rng: random.Random, speed: bool = True, share: float = 1.0
) -> tuple[Tensor, Tensor]:
    """The same, ``share`` of them through random speeds, noises, rooms and lines; ``others`` may be heard in the background."""
    waves = []
    for u in batch:
        wave = samples_of(audio, u).to(device)
        if rng.random() < share:
            wave = distort(wave, samples_of(audio, rng.choice(others)).to(device), rng, speed)
        waves.append(normalised(wave))
    return pad(waves)
