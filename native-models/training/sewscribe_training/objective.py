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


def ctc_rows(logits: Tensor, batch: list[Utterance], frames: Tensor) -> Tensor:
    """Negative log-likelihood per letter [batch] of logits [batch, frames, vocabulary]; ``frames`` [batch] are each row's real ones."""
    targets = torch.tensor([i for u in batch for i in u.ids]).to(logits.device, non_blocking=True)
    sizes = torch.tensor([len(u.ids) for u in batch])
    log_probabilities = logits.float().log_softmax(-1).transpose(0, 1)
    lost = F.ctc_loss(log_probabilities, targets, frames, sizes, reduction="none", zero_infinity=True)
    return lost / sizes.to(lost.device, non_blocking=True)


def ctc(logits: Tensor, batch: list[Utterance], frames: Tensor) -> Tensor:
    """The mean of ``ctc_rows``."""
    return ctc_rows(logits, batch, frames).mean()


def letters(heard: Heard, batch: list[Utterance], frames: Tensor) -> Tensor:
    """The last layer's CTC and the intermediate one's by their shares, computed side by side: CTC is a long chain of short steps."""
    assert heard.middle is not None
    last, middle = ctc_rows(torch.cat([heard.logits, heard.middle]), batch + batch, torch.cat([frames, frames])).chunk(2)
    return LAST_SHARE * last.mean() + MIDDLE_SHARE * middle.mean()


def lesson(streams: list[Tensor], aim: Targets, found: Statistics) -> Tensor:
    """The unexplained share of the teacher's last stream, plus the mean of the others'."""
    pairs = zip(streams, aim.streams, found.spread, strict=True)
    shares = torch.stack([unexplained(mine, theirs, spread, aim.real) for mine, theirs, spread in pairs])
    return shares[-1] + shares[:-1].mean()
