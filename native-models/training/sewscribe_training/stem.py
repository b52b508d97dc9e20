"""An extractor that inherits Whisper's stem: filterbank and logarithm as two layers, then the teacher's two convolutions.

Layer 1: 80 bands of Whisper's mel scale, each as six filters a sixth of a period apart: the sum of their rectified outputs
is the band's amplitude whatever its phase (to 4 %). Layer 2: each amplitude as it is and below four thresholds, whose sum rises
like a logarithm. Both are fitted to Whisper's log-mel spectrum less each utterance's mean (the group norm knows no more), and
what reads them out is folded into the teacher's first convolution. Layers 3 and 4 are the teacher's convolutions.
"""

import math
import random
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .corpora import RATE_HZ
from .model import Backbone
from .whisper import HOP_SAMPLES, MEL_BANDS, WhisperEncoder, log_mel, mel_edges_hz

PHASES, LEVELS, TAPS = 6, 5, 400
FILTERS, UNITS = MEL_BANDS * PHASES, MEL_BANDS * LEVELS
THRESHOLDS = (0.01, 0.05, 0.2, 0.8)
FIRST_GAIN = 24.0
Batch = tuple[Tensor, Tensor]
"""Normalised waveforms [batch, samples] and their lengths [batch]."""


def filters() -> Tensor:
    """[480, 400]: six phases after another, 80 bands each; as short as a band is wide, but longer than the hop."""
    edges = torch.tensor(mel_edges_hz(), dtype=torch.float32)
    centres, widths = edges[1:-1], (edges[2:] - edges[:-2]) / 2
    time = torch.arange(TAPS) - (TAPS - 1) / 2
    lengths = (2 * RATE_HZ / widths).clamp(1.75 * HOP_SAMPLES, TAPS)[:, None]
    window = torch.cos(math.pi * time / lengths).square() * (time.abs() < lengths / 2)
    angle = 2 * math.pi * centres[:, None] * time / RATE_HZ
    whole = torch.cat([window * torch.cos(angle - n * 2 * math.pi / PHASES) for n in range(PHASES)])
    return whole / whole.norm(dim=1, keepdim=True)


@torch.no_grad()
def start_amplitudes(body: Backbone) -> None:
    """Layers 1 and 2 as bands and their levels."""
    first, second = body.feature_extractor["conv_layers"][:2]
    first.conv.weight.copy_(filters()[:, None])
    first.conv.bias.zero_()
    first.layer_norm.weight.fill_(FIRST_GAIN)
    per_amplitude = math.pi / (PHASES * FIRST_GAIN)  # six rectified phases of amplitude r sum to 6 / pi * gain * r
    second.conv.weight.zero_()
    band = torch.arange(MEL_BANDS)
    for n, threshold in enumerate((None, *THRESHOLDS)):
        steepness = 2.0 if threshold is None else -3.0 / threshold
        for phase in range(PHASES):
            second.conv.weight[n * MEL_BANDS + band, phase * MEL_BANDS + band, 0] = steepness * per_amplitude
        second.conv.bias[n * MEL_BANDS : (n + 1) * MEL_BANDS] = 0.0 if threshold is None else 3.0


def levels(body: Backbone, waves: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """What layer 2 says, [batch, steps, 400], a hundred times a second, and which steps are real [batch, steps]."""
    counts = torch.div(lengths - TAPS, HOP_SAMPLES, rounding_mode="floor") + 1
    x = waves[:, :, None]
    for layer in body.feature_extractor["conv_layers"][:2]:
        x = layer(x, counts)
    return x, torch.arange(x.shape[1])[None] < counts[:, None]


def spectrum(waves: Tensor, steps: int) -> Tensor:
    """Whisper's log-mel spectrum [batch, steps, 80] of the same stretches that layer 1 hears."""
    return log_mel(F.pad(waves[:, TAPS // 2 :] * 0.1, (0, TAPS)))[:, :steps]


def without_mean(x: Tensor, real: Tensor) -> Tensor:
    """Each row [steps, channels] less its mean over its real steps."""
    weight = real[..., None].to(x.dtype)
    return (x - (x * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True)) * weight


def bands_to_levels() -> nn.Linear:
    """What reads the log-mel spectrum out of layer 2: at first every band out of its own levels."""
    read = nn.Linear(UNITS, MEL_BANDS)
    with torch.no_grad():
        read.weight.zero_()
        band = torch.arange(MEL_BANDS)
        for n in range(LEVELS):
            read.weight[band, n * MEL_BANDS + band] = 0.04 if n == 0 else -0.04
        read.bias.zero_()
    return read


def fit_spectrum(body: Backbone, batch: Callable[[], Batch], steps: int, rate: float = 2e-3) -> nn.Linear:
    """Fits layers 1 and 2 and their readout to the log-mel spectrum less its mean; returns the readout."""
    start_amplitudes(body)
    read = bands_to_levels()
    first, second = body.feature_extractor["conv_layers"][:2]
    parameters = [*second.parameters(), *read.parameters(), *first.parameters()]
    optimiser = torch.optim.AdamW(
        [{"params": parameters[:-4], "share": 1.0}, {"params": parameters[-4:], "share": 0.1}], rate, betas=(0.9, 0.98), weight_decay=0.0
    )
    for step in range(steps):
        waves, lengths = batch()
        x, real = levels(body, waves, lengths)
        target = without_mean(spectrum(waves, x.shape[1]), real)
        missed = (without_mean(read(x), real) - target).square().sum() / target.square().sum()
        for group in optimiser.param_groups:
            group["lr"] = rate * group["share"] * min(1, (step + 1) / 20) * min(1, (1 - step / steps) * 2)
        optimiser.zero_grad()
        missed.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if step % math.ceil(steps / 10) == 0 or step == steps - 1:
            print(f"spectrum, step {step}, unexplained {missed.item():.3f}", flush=True)
    return read


@torch.no_grad()
def take_convolutions(body: Backbone, teacher: WhisperEncoder, read: nn.Linear, batches: Iterator[Batch]) -> None:
    """Layers 3 and 4 from the teacher; the readout and the spectrum's usual level go into layer 3."""
    level, said, count = torch.zeros(MEL_BANDS), torch.zeros(MEL_BANDS), 0
    for waves, lengths in batches:
        x, real = levels(body, waves, lengths)
        level += spectrum(waves, x.shape[1])[real].sum(0)
        said += read(x)[real].sum(0)
        count += int(real.sum())
    third, fourth = body.feature_extractor["conv_layers"][2:]
    weight = teacher.tensors["encoder/conv1/weight"].float()  # [512, 80, 3]
    third.conv.weight.copy_(torch.einsum("obk,bu->ouk", weight, read.weight))
    offset = read.bias + (level - said) / count
    third.conv.bias.copy_(teacher.tensors["encoder/conv1/bias"].float() + torch.einsum("obk,b->o", weight, offset))
    fourth.conv.weight.copy_(teacher.tensors["encoder/conv2/weight"].float())
    fourth.conv.bias.copy_(teacher.tensors["encoder/conv2/bias"].float())
    body.encoder["pos_conv_embed"]["conv"].weight_g.mul_(0.05)  # starts with next to no say


@torch.no_grad()
def fit_norm(body: Backbone, pairs: Iterator[tuple[Tensor, Tensor]]) -> None:
    """The norm behind the extractor, each channel by least squares from pooled features to targets, both [tokens, 512]."""
    features, targets = (torch.cat(x).double() for x in zip(*pairs, strict=True))
    x, y = features - features.mean(0), targets - targets.mean(0)
    gain = (x * y).sum(0) / x.square().sum(0)
    body.layer_norm.weight.mul_(gain.float())
    body.layer_norm.bias.copy_((targets.mean(0) - gain * features.mean(0)).float() + gain.float() * body.layer_norm.bias)


def start_stem(body: Backbone, teacher: WhisperEncoder, batch: Callable[[], Batch], steps: int) -> None:
    """The whole extractor but its last norm."""
    read = fit_spectrum(body, batch, steps)
    take_convolutions(body, teacher, read, (batch() for _ in range(8)))
