"""What a run minimises: CTC of two layers, and the share of the teacher's streams that the model misses."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .align import Targets, unexplained
from .corpora import Utterance
from .inherit import Statistics
from .model import Heard

LAST_SHARE, MIDDLE_SHARE = 0.75, 0.25
"""Weights of the last layer's CTC and of an intermediate layer's (Lee and Watanabe 2021)."""


def ctc(logits: Tensor, batch: list[Utterance], frames: Tensor) -> Tensor:
    """Negative log-likelihood per letter of logits [batch, frames, vocabulary]; ``frames`` [batch] are each row's real ones."""
    targets = torch.tensor([i for u in batch for i in u.ids], device=logits.device)
    sizes = torch.tensor([len(u.ids) for u in batch], device=logits.device)
    log_probabilities = logits.float().log_softmax(-1).transpose(0, 1)
    return F.ctc_loss(log_probabilities, targets, frames, sizes, zero_infinity=True)


def lesson(heard: Heard, aim: Targets, found: Statistics) -> Tensor:
    """The unexplained share of the teacher's last stream, plus the mean of the others'."""
    pairs = zip(heard.streams, aim.streams, found.spread, strict=True)
    shares = torch.stack([unexplained(mine, theirs, spread, aim.real) for mine, theirs, spread in pairs])
    return shares[-1] + shares[:-1].mean()
