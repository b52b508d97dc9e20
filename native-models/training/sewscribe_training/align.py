"""Each part of an inheriting SEW-D learns what its part of the teacher does, all at once and none through another."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .inherit import Statistics, tokens
from .model import Recogniser
from .whisper import LAYERS, WhisperEncoder


@dataclass
class Targets:
    """The teacher's streams as the model should have them: 7 times [batch, tokens, 512]; ``real`` [batch, tokens]."""

    streams: list[Tensor]
    real: Tensor


def targets(teacher: WhisperEncoder, found: Statistics, waves: Tensor, counts: Tensor) -> Targets:
    """What the teacher makes of waveforms [batch, samples] of variance 1; ``counts`` [batch] are the frames of each row."""
    count = int(counts.max()) // 2
    streams = teacher.streams(F.pad(waves * 0.1, (0, 16000)))
    normed = [tokens(s, count) - p[:count] for s, p in zip(streams, found.places, strict=True)]
    real = torch.arange(count, device=counts.device)[None] < torch.div(counts, 2, rounding_mode="floor")[:, None]
    return Targets(normed, real.to(waves.device, non_blocking=True))


def unexplained(guess: Tensor, target: Tensor, spread: Tensor, real: Tensor) -> Tensor:
    """Share of the target's variance that the guess [batch, tokens, 512] misses, dimensions about equally heavy."""
    weight = 1 / (spread + 0.1 * spread.mean())
    error = ((guess.float() - target).square() * weight).mean(-1) * real  # picking the real ones out would make a GPU wait
    return error.sum() / real.sum() / (spread * weight).mean()


def local_losses(model: Recogniser, aim: Targets, found: Statistics, waves: Tensor, lengths: Tensor) -> list[Tensor]:
    """The unexplained share of the squeezed input, from the waveform, and of each layer, from the teacher's stream below."""
    body = model.sew_d
    counts = body.frame_counts(lengths)
    squeezed = body.squeeze(body.extract(waves, lengths))
    losses = [unexplained(squeezed, aim.streams[0], found.spread[0], aim.real)]
    bias, places = body.attention_bias(squeezed.shape[1], counts), body.places(squeezed.shape[1])
    for n, layer in enumerate(body.encoder["encoder"]["layer"]):
        below = aim.streams[n].to(squeezed.dtype)
        losses.append(unexplained(layer(below, bias, places), aim.streams[n + 1], found.spread[n + 1], aim.real))
    assert len(losses) == LAYERS + 1
    return losses
