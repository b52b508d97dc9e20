"""What happens to speech on its way to a recording: speed, rooms, narrow lines, coarse samples, other voices, noise."""

import random

import torch
import torch.nn.functional as F
from torch import Tensor

from .corpora import RATE_HZ

MELS = 2840.0
"""8 kHz on the mel scale (O'Shaughnessy)."""

WINDOW, HOP = 512, 128
"""Of the phase vocoder, samples: 32 and 8 ms."""


def fast_length(n: int) -> int:
    """The next length whose Fourier transform is fast: 2, 3 or 5 times a power of two, eighths in between."""
    step = 1 << max(0, n.bit_length() - 4)
    return -(-n // step) * step


def at_speed(x: Tensor, factor: float) -> Tensor:
    """Faster and higher (factor above 1) or slower and lower, by linear interpolation."""
    return F.interpolate(x[None, None], size=round(len(x) / factor), mode="linear", align_corners=False)[0, 0]


def at_tempo(x: Tensor, factor: float) -> Tensor:
    """Faster (factor above 1) or slower without being higher or lower: a phase vocoder (Flanagan and Golden 1966; Laroche and Dolson 1999)."""
    window = torch.hann_window(WINDOW, device=x.device)
    spectrum = torch.stft(x, WINDOW, HOP, window=window, return_complex=True)
    frames = spectrum.shape[1]
    at = torch.arange(0, frames - 1, factor, device=x.device)
    before = at.long()
    share = at - before
    size = spectrum.abs()
    size = size[:, before] * (1 - share) + size[:, before + 1] * share
    turn = spectrum[:, before + 1] * spectrum[:, before].conj()
    phase = torch.angle(spectrum[:, :1]) + torch.cumsum(torch.angle(turn), 1).roll(1, 1)
    phase[:, 0] = torch.angle(spectrum[:, 0])
    return torch.istft(torch.polar(size, phase), WINDOW, HOP, window=window, length=round(len(x) / factor))


def as_another(x: Tensor, factor: float, tempo: float) -> Tensor:
    """As somebody with a shorter (factor above 1) or longer vocal tract and a higher or lower voice says it, at ``tempo``."""
    return at_tempo(at_speed(x, factor), tempo / factor)


def in_room(x: Tensor, decay_s: float, share: float) -> Tensor:
    """With reverberation: noise that falls by 60 dB in ``decay_s``, of ``share`` times the direct sound's amplitude."""
    tail = int(decay_s * RATE_HZ)
    response = torch.randn(tail, device=x.device) * torch.exp(-6.9 * torch.arange(tail, device=x.device) / tail)
    response = response / response.norm() * share
    response[0] = 1
    n = fast_length(len(x) + tail)
    return torch.fft.irfft(torch.fft.rfft(x, n) * torch.fft.rfft(response, n), n)[: len(x)]


def through_line(x: Tensor, low_hz: float, high_hz: float) -> Tensor:
    """Only what lies between two frequencies."""
    n = fast_length(len(x))
    spectrum = torch.fft.rfft(x, n)
    spectrum[int(high_hz / RATE_HZ * n) :] = 0
    spectrum[: int(low_hz / RATE_HZ * n)] = 0
    return torch.fft.irfft(spectrum, n)[: len(x)]


def without_band(x: Tensor, at: float, width: float) -> Tensor:
    """Without a band of frequencies: ``at`` its lower end and ``width``, both as shares of the mel scale up to 8 kHz."""

    def hz(mel: float) -> float:
        return float(700 * (10 ** (mel * MELS / 2595) - 1))

    n = fast_length(len(x))
    spectrum = torch.fft.rfft(x, n)
    spectrum[int(hz(at) / RATE_HZ * n) : int(hz(min(1.0, at + width)) / RATE_HZ * n)] = 0
    return torch.fft.irfft(spectrum, n)[: len(x)]


def coarse(x: Tensor, mu: float = 255, levels: int = 256) -> Tensor:
    """Eight-bit samples on a logarithmic scale and back, as a telephone codec (ITU-T G.711's mu-law) does."""
    peak = x.abs().max() + 1e-6
    small = torch.sign(x) * torch.log1p(mu * x.abs() / peak) / torch.log1p(torch.tensor(mu))
    small = torch.round(small * (levels / 2)) / (levels / 2)
    return torch.sign(small) * torch.expm1(small.abs() * torch.log1p(torch.tensor(mu))) / mu * peak


def coloured_noise(n: int, slope: float, device: torch.device) -> Tensor:
    """Noise of deviation 1 whose power falls with frequency to the power ``slope`` (0 white, 1 pink, 2 brown)."""
    m = fast_length(n)
    spectrum = torch.fft.rfft(torch.randn(m, device=device))
    spectrum = spectrum * torch.arange(1, len(spectrum) + 1, device=device) ** (-slope / 2)
    noise = torch.fft.irfft(spectrum, m)[:n]
    return noise / (noise.std() + 1e-7)


def distort(x: Tensor, other: Tensor, rng: random.Random, speed: bool = True) -> Tensor:
    """A waveform [samples] through random ones of all these; ``other`` is another voice."""
    if speed and rng.random() < 0.4:
        x = as_another(x, rng.uniform(0.78, 1.28), rng.uniform(0.85, 1.2))
    elif speed and rng.random() < 0.75:
        x = at_speed(x, rng.uniform(0.85, 1.16))
    for _ in range(rng.choice([0, 1, 1, 2])):
        x = without_band(x, rng.uniform(0, 0.95), rng.uniform(0.02, 0.2))
    level = x.std() + 1e-5
    if rng.random() < 0.2:
        x = in_room(x, rng.uniform(0.1, 0.5), rng.uniform(0.2, 0.8))
    if rng.random() < 0.15:
        x = through_line(x, rng.choice([0, rng.uniform(100, 300)]), rng.uniform(3300, 7000))
        if rng.random() < 0.3:
            x = coarse(x)
    if rng.random() < 0.1:
        other = other[: len(x)]
        at = rng.randint(0, len(x) - len(other))
        x = x.clone()
        x[at : at + len(other)] += other / (other.std() + 1e-5) * level * 10 ** (-rng.uniform(8, 22) / 20)
    if rng.random() < 0.35:
        noise = coloured_noise(len(x), rng.choice([0, 0, 1, 2]), x.device)
        x = x + noise * level * 10 ** (-rng.uniform(6, 30) / 20)
    return x
