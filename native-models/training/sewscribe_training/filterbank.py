"""An extractor whose first convolution starts as a filterbank, and whose next layers start as a coarse logarithm.

Layer 1: 120 bands (40 of low pitch over 25 ms, 40 of high pitch over each half of them), each as four filters a quarter of a
period apart: the sum of their rectified outputs is the band's amplitude whatever its phase. Layer 2: each amplitude as it is and
below three thresholds. Layer 3: their sum, which rises like a logarithm, beside random sums. All of it goes on learning.
"""

import math

import torch
from torch import Tensor

from .corpora import RATE_HZ
from .model import Backbone

BANDS_OF_A_KIND, PHASES = 40, 4
BANDS = 3 * BANDS_OF_A_KIND
CHANNELS = BANDS * PHASES
TAPS, SHORT = 400, 200
THRESHOLDS = (0.02, 0.1, 0.5)
FIRST_GAIN = 8.0


def centres_hz(low_hz: float, high_hz: float) -> Tensor:
    """Evenly spaced on the mel scale."""
    low, high = (2595 * math.log10(1 + f / 700) for f in (low_hz, high_hz))
    return 700 * (10 ** (torch.linspace(low, high, BANDS_OF_A_KIND) / 2595) - 1)


def filters() -> Tensor:
    """[480, 400]: four phases after another, 120 bands each."""

    def bank(centres: Tensor, length: int, offset: int) -> Tensor:
        time = torch.arange(length) - (length - 1) / 2
        angle = 2 * math.pi * centres[:, None] * time / RATE_HZ
        window = torch.hann_window(length, periodic=False)
        out = torch.zeros(PHASES, len(centres), TAPS)
        for phase in range(PHASES):
            out[phase, :, offset : offset + length] = window * torch.cos(angle - phase * math.pi / 2)
        return out

    high = centres_hz(250, 7400)
    parts = [bank(centres_hz(70, 3000), TAPS, 0), bank(high, SHORT, 0), bank(high, SHORT, TAPS - SHORT)]
    whole = torch.cat(parts, 1).flatten(0, 1)
    return whole / whole.norm(dim=1, keepdim=True)


@torch.no_grad()
def start_filterbank(body: Backbone) -> None:
    """Sets the extractor of a backbone with ``conv_dim`` [480, 480, a, a] (a at least 120) and biases."""
    first, second, third, fourth = body.feature_extractor["conv_layers"]
    first.conv.weight.copy_(filters()[:, None])
    first.conv.bias.zero_()
    first.layer_norm.weight.fill_(FIRST_GAIN)
    per_amplitude = 1 / (FIRST_GAIN * 4 / math.pi)  # four rectified phases of amplitude r sum to about 4 / pi * gain * r
    second.conv.weight.zero_()
    band = torch.arange(BANDS)
    for n, threshold in enumerate((None, *THRESHOLDS)):
        steepness = 4.0 if threshold is None else -4.0 / threshold
        for phase in range(PHASES):
            second.conv.weight[n * BANDS + band, phase * BANDS + band, 0] = steepness * per_amplitude
        second.conv.bias[n * BANDS : (n + 1) * BANDS] = 0.0 if threshold is None else 4.0
    torch.nn.init.kaiming_normal_(third.conv.weight)
    third.conv.weight[:BANDS] = 0
    for n in range(PHASES):
        third.conv.weight[band, n * BANDS + band, 0] = 0.5 if n == 0 else -0.5
    third.conv.bias.zero_()
    third.conv.bias[:BANDS] = 4.0
    torch.nn.init.kaiming_normal_(fourth.conv.weight, nonlinearity="linear")
    fourth.conv.weight.mul_(0.5)
    width = fourth.conv.weight.shape[0]
    fourth.conv.weight[torch.arange(width), torch.arange(width), 0] += 1
    fourth.conv.bias.zero_()
