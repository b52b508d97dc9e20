"""Learning rates by part of the model, their course over time, and averaged weights."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from .model import Recogniser


HEAD_RATE = 2e-3
"""While only the head learns, which was never taught anything."""


def grouped(model: Recogniser, rate: float, share: float, inherited: Iterable[nn.Parameter] | None = None) -> torch.optim.AdamW:
    """AdamW with ``share`` of the rate for what is ``inherited`` (by default the transformer's layers), and all of it for the rest.

    What was inherited knows something that large steps would wipe out; from scratch the share is 1.
    """
    slow = list(model.sew_d.encoder["encoder"].parameters() if inherited is None else inherited)
    inside = {id(p) for p in slow}
    others = [p for p in model.parameters() if id(p) not in inside]
    return torch.optim.AdamW(
        [{"params": others, "share": 1.0}, {"params": slow, "share": share}],
        rate,
        betas=(0.9, 0.98),
        weight_decay=0.01,
        fused=True,
    )


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """The rate of every group, each times its share."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["share"]


def warmed(step: int, warm_up: int, left: float) -> float:
    """Factor of the rate: rises over ``warm_up`` steps, stays, and falls with the share of time ``left``."""
    return min(1.0, (step + 1) / max(1, warm_up)) * max(0.01, left)


class Average:
    """Exponential average of the weights, short at first; better than the newest ones at any constant rate."""

    def __init__(self, parameters: Iterable[nn.Parameter], keep: float = 0.998):
        self.parameters, self.keep = list(parameters), keep
        self.values = [p.detach().clone() for p in self.parameters]

    @torch.no_grad()
    def update(self, step: int) -> None:
        keep = min(self.keep, (1 + step) / (20 + step))
        torch._foreach_lerp_(self.values, [p.detach() for p in self.parameters], 1 - keep)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchanges the model's weights and their average; twice is as before."""
        for p, value in zip(self.parameters, self.values, strict=True):
            newest = p.detach().clone()
            p.data.copy_(value)
            value.copy_(newest)

    def load(self, values: list[Tensor]) -> None:
        for mine, value in zip(self.values, values, strict=True):
            mine.copy_(value)


def bfloat16_pays(device: str) -> bool:
    """Whether the hardware multiplies bfloat16 faster than float32; hundreds of times slower where it merely imitates it."""
    if device != "cpu":
        return True
    from torch.backends.cpu import get_cpu_capability

    capable = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)() or getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)()
    return bool(capable) and get_cpu_capability() == "AVX512"
