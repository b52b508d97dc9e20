"""A whole batch of speech through random speeds, voices, rooms, lines and noises at once: what ``distortion`` does, for a GPU.

A GPU is kept waiting by many small operations, and by whoever asks for a result: here every step is one operation over all rows, random
choices are drawn on the CPU, and lengths stay there.
"""

import random
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .corpora import RATE_HZ, Utterance
from .distortion import HOP, MELS, WINDOW, coarse, fast_length

TAIL_SAMPLES = 8000


@dataclass
class Rows:
    """``clean`` and ``heard`` [batch, samples]: mean 0 and variance 1 over each row's ``lengths`` [batch, on the CPU], zero behind; ``of`` whom."""

    clean: Tensor
    heard: Tensor
    lengths: Tensor
    of: list[Utterance]


def put(values: list[Any] | Tensor, device: torch.device) -> Tensor:
    """On the device, without waiting for what it is at."""
    return torch.as_tensor(values).to(device, non_blocking=True)


def at_speeds(audio: Tensor, batch: list[Utterance], factors: Tensor) -> tuple[Tensor, Tensor]:
    """Rows cut out of ``audio`` [all samples] (int16), each ``factors`` [batch] times as fast and as high; and their lengths.

    Cubic interpolation through four samples (Catmull and Rom 1974); a factor of 1 leaves the samples as they are.
    """
    device = audio.device
    starts = torch.tensor([u.start for u in batch])
    lengths = torch.tensor([u.samples for u in batch]).double().div(factors.double()).long()
    longest = int(lengths.max())
    place = torch.arange(longest, device=device, dtype=torch.double)[None] * put(factors.double(), device)[:, None]
    before = place.floor()
    t = (place - before).float()
    at = put(starts, device)[:, None] + before.long()
    a, b, c, d = (audio[(at + k).clamp(0, len(audio) - 1)].float() / 32768 for k in (-1, 0, 1, 2))
    x = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return x * real(lengths, longest, device), lengths


def real(lengths: Tensor, longest: int, device: torch.device) -> Tensor:
    """1 where a row has samples, 0 behind its end, [batch, longest]."""
    return (torch.arange(longest, device=device)[None] < put(lengths, device)[:, None]).float()


def overlapped(frames: Tensor) -> Tensor:
    """Frames [batch, count, window] added up a hop apart. (``torch.istft`` does the same, but waits for the GPU.)"""
    length = (frames.shape[1] - 1) * HOP + WINDOW
    return F.fold(frames.transpose(1, 2), (1, length), (1, WINDOW), stride=(1, HOP)).flatten(1)


def at_tempos(x: Tensor, lengths: Tensor, factors: Tensor) -> tuple[Tensor, Tensor]:
    """Rows ``factors`` [batch] times as fast without being higher: the phase vocoder of ``distortion.at_tempo``."""
    window = torch.hann_window(WINDOW, device=x.device)
    spectrum = torch.stft(x, WINDOW, HOP, window=window, return_complex=True)
    frames = spectrum.shape[2]
    new = (lengths.double() / factors.double()).long()
    longest = int(new.max())
    at = (torch.arange(longest // HOP + 1, device=x.device)[None] * put(factors, x.device)[:, None]).clamp(max=frames - 1.001)
    before = at.long()
    share = (at - before)[:, None]

    def frame(index: Tensor) -> Tensor:
        return spectrum.gather(2, index[:, None].expand(-1, spectrum.shape[1], -1))

    here, after = frame(before), frame(before + 1)
    size = here.abs() * (1 - share) + after.abs() * share
    turns = torch.angle(after * here.conj())
    phase = torch.angle(spectrum[:, :, :1]) + F.pad(torch.cumsum(turns, 2)[:, :, :-1], (1, 0))
    y = overlapped(torch.fft.irfft(torch.polar(size, phase).transpose(1, 2)) * window) / overlapped(window.square().expand(1, at.shape[1], -1)).clamp_min(1e-6)
    y = F.pad(y, (0, max(0, longest + WINDOW // 2 - y.shape[1])))[:, WINDOW // 2 : WINDOW // 2 + longest]
    return y * real(new, longest, x.device), new


def normalised_rows(x: Tensor, lengths: Tensor) -> Tensor:
    """Each row to mean 0 and variance 1 over its length; zero behind it."""
    inside = real(lengths, x.shape[1], x.device)
    count = put(lengths, x.device)[:, None]
    x = (x - (x * inside).sum(1, keepdim=True) / count) * inside
    return x / (x.square().sum(1, keepdim=True) / count + 1e-7).sqrt()


def bands(rng: random.Random, bins: int, count: int, share: float) -> list[tuple[int, int]]:
    """For each of ``count`` rows a band of frequencies (first bin, bin behind it) to lose, or an empty one."""

    def bin_of(mel: float) -> int:
        return int(700 * (10 ** (min(1.0, mel) * MELS / 2595) - 1) / (RATE_HZ / 2) * bins)

    found = []
    for _ in range(count):
        at, width = rng.uniform(0, 0.95), rng.uniform(0.02, 0.2)
        found.append((bin_of(at), bin_of(at + width)) if rng.random() < share else (0, 0))
    return found


def filters(rng: random.Random, bins: int, count: int, device: torch.device) -> Tensor:
    """Gains [count, bins]: lost bands, telephone lines, a tilt."""
    frequency = torch.arange(bins, device=device)[None]
    gains = torch.ones(count, bins, device=device)
    lines = [(int(rng.choice([0, rng.uniform(100, 300)]) / 8000 * bins), int(rng.uniform(3300, 7000) / 8000 * bins)) for _ in range(count)]
    edges = [line if rng.random() < 0.15 else (0, bins) for line in lines]
    for kept, spans in ((False, bands(rng, bins, count, 0.6)), (False, bands(rng, bins, count, 0.35)), (True, edges)):
        low, high = put(spans, device)[:, :, None].unbind(1)
        inside = (frequency >= low) & (frequency < high)
        gains = gains * (inside if kept else ~inside)
    slope = put([rng.uniform(-4, 4) if rng.random() < 0.4 else 0.0 for _ in range(count)], device)  # decibels an octave
    octaves = (frequency.clamp_min(1) / bins * 8).log2().clamp(-3, 3)
    return gains * 10 ** (slope[:, None] * octaves / 20)


def rooms(rng: random.Random, count: int, n: int, device: torch.device) -> Tensor:
    """Spectra [count, n / 2 + 1] of rooms' responses: the direct sound, and for a fifth of the rows noise that dies away."""
    decay = put([rng.uniform(1600, TAIL_SAMPLES) for _ in range(count)], device)
    share = put([rng.uniform(0.2, 0.8) if rng.random() < 0.25 else 0.0 for _ in range(count)], device)
    tail = torch.randn(count, TAIL_SAMPLES, device=device) * torch.exp(-6.9 * torch.arange(TAIL_SAMPLES, device=device)[None] / decay[:, None])
    tail = tail / tail.norm(dim=1, keepdim=True) * share[:, None]
    tail[:, 0] = 1
    return torch.fft.rfft(tail, n)


def noises(rng: random.Random, count: int, n: int, device: torch.device) -> Tensor:
    """Spectra [count, n / 2 + 1] of noise of deviation 1, white to brown, times how loud it is beside speech of deviation 1; most are zero."""
    loud = put([10 ** (-rng.uniform(5, 30) / 20) if rng.random() < 0.4 else 0.0 for _ in range(count)], device)
    slope = put([rng.uniform(0, 2) for _ in range(count)], device)
    bins = n // 2 + 1
    shape = torch.arange(1, bins + 1, device=device)[None] ** (-slope[:, None] / 2)
    spectrum = torch.randn(count, bins, 2, device=device) * shape[..., None]
    power = spectrum.square().sum((1, 2)) * 2 / n**2
    return torch.view_as_complex(spectrum) * (loud / power.sqrt())[:, None]


def distorted_rows(audio: Tensor, batch: list[Utterance], rng: random.Random, share: float, longest_s: float = 25.0) -> Rows:
    """A batch of utterances as recorded at random speeds and by changed voices (``clean``), and as it sounds from afar (``heard``).

    ``share`` of the rows are distorted; speed and voice change in seven tenths of those. What is longer than ``longest_s`` loses its end.
    Noise comes from torch's own generator: seed that as well.
    """
    kinds = [rng.choices(["as another", "at another speed", "at its speed"], [0.3, 0.4, 0.3])[0] if rng.random() < share else None for _ in batch]
    others = [u for u, kind in zip(batch, kinds, strict=True) if kind == "as another"]
    rest = [(u, kind) for u, kind in zip(batch, kinds, strict=True) if kind != "as another"]
    parts = []
    if rest:
        speeds = torch.tensor([rng.uniform(0.86, 1.16) if kind == "at another speed" else 1.0 for _, kind in rest])
        parts.append(at_speeds(audio, [u for u, _ in rest], speeds))
    if others:
        factors = torch.tensor([rng.uniform(0.78, 1.28) for _ in others])
        tempos = torch.tensor([rng.uniform(0.85, 1.18) for _ in others])
        parts.append(at_tempos(*at_speeds(audio, others, factors), tempos / factors))
    longest = min(max(x.shape[1] for x, _ in parts), int(longest_s * RATE_HZ))
    x = torch.cat([F.pad(y, (0, max(0, longest - y.shape[1])))[:, :longest] for y, _ in parts])
    lengths = torch.cat([n for _, n in parts]).clamp(max=longest)
    of = [u for u, _ in rest] + others
    touched = put([kind is not None for _, kind in rest] + [True] * len(others), x.device)
    clean = normalised_rows(x, lengths)
    count, n = len(of), fast_length(longest + TAIL_SAMPLES)
    inside = real(lengths, longest, x.device)
    behind = put([10 ** (-rng.uniform(8, 22) / 20) if rng.random() < 0.12 else 0.0 for _ in of], x.device)
    mixed = clean + clean.roll(1, 0) * behind[:, None]
    spectrum = torch.fft.rfft(mixed, n) * rooms(rng, count, n, x.device) * filters(rng, n // 2 + 1, count, x.device)
    far = torch.fft.irfft(spectrum, n)[:, :longest] * inside
    level = (far.square().sum(1) / put(lengths, x.device)).sqrt()
    far = far + torch.fft.irfft(noises(rng, count, n, x.device) * level[:, None], n)[:, :longest]
    through = put([rng.random() < 0.06 for _ in of], x.device)
    far = torch.where(through[:, None], coarse_rows(far), far)
    return Rows(clean, torch.where(touched[:, None], normalised_rows(far, lengths), clean), lengths, of)


def coarse_rows(x: Tensor) -> Tensor:
    """``distortion.coarse`` of each row."""
    peak = x.abs().amax(1, keepdim=True) + 1e-6
    return coarse(x / peak) * peak
