"""SpecAugment in the model's own masking (Park et al. 2019): spans of time and two bands of channels."""

import random

import numpy as np
import torch
from torch import Tensor

from .model import Masks


def spec_augment(counts: Tensor, width: int, rng: random.Random, frames_per_mask: int = 40, longest: int = 20) -> Masks:
    """Masks for rows of so many frames [batch]: a span of up to ``longest`` frames in every ``frames_per_mask``."""
    time = np.zeros((len(counts), int(counts.max())), bool)  # a tensor takes ten times as long to fill bit by bit
    channel = np.zeros((len(counts), width), bool)
    for row, count in enumerate(counts.tolist()):
        for _ in range(max(1, count // frames_per_mask)):
            span = rng.randint(1, longest)
            at = rng.randint(0, max(0, count - span))
            time[row, at : at + span] = True
        for _ in range(2):
            span = rng.randint(0, width // 10)
            at = rng.randint(0, width - span)
            channel[row, at : at + span] = True
    return Masks(torch.from_numpy(time).to(counts.device), torch.from_numpy(channel).to(counts.device))
